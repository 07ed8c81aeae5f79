"""What people type to sign in, and to change how they do."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.models import User
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

LONGEST_CODE = 40


class SignInForm(AuthenticationForm):
    """User name and password, with one answer to whatever does not fit."""

    error_messages = {
        "invalid_login": _("This user name and password do not match. Nothing was changed; please try again."),
        "inactive": _("This user name and password do not match. Nothing was changed; please try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = User._meta.get_field("username").max_length or 0
        # Django tells it to browsers only; what is longer could not be kept in the history of what failed.
        self.fields["username"].validators.append(MaxLengthValidator(longest))


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"), max_length=LONGEST_CODE, error_messages={"required": _("Enter the code that the app shows.")}
    )


class PasskeyForm(forms.Form):
    """What the page's script got from the browser; and how the passkey is to be called, where it is a new one."""

    credential = forms.CharField(max_length=20_000)
    name = forms.CharField(max_length=100, required=False, label=_("Name"))


class OwnPasswordForm(PasswordChangeForm):
    """The one before, and the new one twice."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": _("This is not your password. Nothing was changed; please try again."),
        "password_mismatch": _("The two new passwords are not the same. Nothing was changed; please try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Password until now")
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password2"].label = _("New password again")
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control"
            field.widget.attrs.pop("autofocus", None)
            if name == "new_password1":
                field.help_text = ""  # the page says it before, for both
                field.widget.attrs["aria-describedby"] = "password-rules"
