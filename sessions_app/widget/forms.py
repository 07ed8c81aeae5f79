"""What the start page of a widget sends."""

from django import forms

from sessions_app.widget.entering import Was


class VisitForm(forms.Form):
    """Who asks: the token that the portal's page keeps for this browser, and the JWT of whoever is signed in.

    `session` is the one that is meant: that the page remembers (`was` says what it knows of that), that was chosen, or
    that is to be taken back.
    """

    token = forms.RegexField(r"^[A-Za-z0-9_-]{32,64}\Z")
    identity = forms.CharField(required=False, max_length=20_000)
    session = forms.UUIDField(required=False)
    link = forms.CharField(required=False, max_length=500)
    was = forms.TypedChoiceField(
        choices=[(one, one) for one in Was], coerce=Was, empty_value=Was.NOTHING, required=False
    )


class StartForm(VisitForm):
    """A new chat: `public_id` is what it will be called, so that a retry is no second one; `session` ends then."""

    public_id = forms.UUIDField()
    name = forms.CharField(required=False)
    email = forms.CharField(required=False)
    question = forms.CharField(required=False, strip=False)
