"""Users, bots and organizations."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(eq=False, kw_only=True)
class Account:
    """A user, an app's bot user or an organization. ``type`` is GitHub's word: User, Bot, Organization."""

    id: int
    login: str
    type: str = "User"
    members: set[str] = field(default_factory=set)
    public_members: set[str] = field(default_factory=set)
    actions_may_open_pulls: bool = True
    teams: dict[str, set[str]] = field(default_factory=dict)
    """Team slug -> logins of the team's members."""

    @property
    def email(self) -> str:
        return f"{self.id}+{self.login}@users.noreply.github.com"
