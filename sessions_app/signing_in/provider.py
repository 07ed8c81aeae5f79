"""The provider of OpenID Connect, as the operator described it. No Django here: the settings are made of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Oidc:
    """`roles` leads from what `roles_claim` may hold to our roles; empty to leave roles as they are.
    `is_second_factor`: who comes from there needs no second step here."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    button: str
    roles_claim: str
    roles: dict[str, str]
    makes_accounts: bool
    is_second_factor: bool
