"""`zhili user`: accounts from the command line, for the first administrator and for machines."""

from datetime import date, timedelta
from typing import Annotated, NoReturn

import typer

app = typer.Typer(no_args_is_help=True)
Username = Annotated[str, typer.Argument(help="登录名 sign-in name")]


def _refuse(text: str) -> NoReturn:
    typer.secho(text, fg="red", err=True)
    raise typer.Exit(1)


def _account(username: str):  # type: ignore[no-untyped-def]
    from zhili.core.people.models import Account

    found = Account.objects.filter(username=username).first()
    if found is None:
        _refuse(f"没有账号 {username}。 No account {username}.")
    return found


def _checked(password: str, account: object = None) -> str:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(password, account)  # type: ignore[arg-type]
    except ValidationError as error:
        _refuse(" ".join(error.messages))
    return password


def _ask_password() -> str:
    """Typed twice; on a pipe, the first line of standard input."""
    import sys

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("口令 Password", hide_input=True, confirmation_prompt=True))


@app.command()
def create(
    username: Username,
    name: Annotated[str, typer.Option(help="姓名 display name")] = "",
    email: Annotated[str, typer.Option()] = "",
    kind: Annotated[str, typer.Option(help="resident | staff | machine")] = "staff",
    engineer: Annotated[bool, typer.Option(help="可进后台管理 may use Django's admin (superuser)")] = False,
) -> None:
    """新建账号，口令当场输入。 Make an account; the password is asked for."""
    from zhili.core.people.models import Account, AccountKind

    if kind not in AccountKind.values:
        _refuse(f"kind: {' | '.join(AccountKind.values)}")
    if Account.objects.filter(username=username).exists():
        _refuse(f"账号 {username} 已经有了。 There is an account {username} already.")
    account = Account(
        username=username, display_name=name, email=email, kind=kind, is_staff=engineer, is_superuser=engineer
    )
    if kind == "machine":
        account.set_unusable_password()
    else:
        account.set_password(_checked(_ask_password(), account))
    account.full_clean(exclude=["password"])
    account.save()
    typer.echo(f"已建立账号 {username}。 Account {username} made.")


@app.command()
def password(username: Username) -> None:
    """重设口令。 Set a new password; signed-in sessions end."""
    account = _account(username)
    account.set_password(_checked(_ask_password(), account))
    account.save(update_fields=["password"])
    typer.echo(f"已重设 {username} 的口令。 Password of {username} set.")


@app.command()
def token(
    username: Username,
    label: Annotated[str, typer.Option(help="用途 what it is for")] = "cli",
    days: Annotated[int, typer.Option(help="有效天数 days it is valid")] = 90,
    read_only: Annotated[bool, typer.Option("--read-only")] = False,
    open311: Annotated[bool, typer.Option("--open311", help="只用于 Open311 for Open311 only")] = False,
) -> None:
    """签发接口令牌，只显示这一次。 Issue an API token; it is shown this once."""
    from django.utils import timezone

    from zhili.core.people import tokens

    scopes: tuple[str, ...] = (tokens.READ,) if read_only else (tokens.READ, tokens.WRITE)
    if open311:
        scopes = (tokens.OPEN311,)
    text, row = tokens.issue(_account(username), label, scopes, timezone.now() + timedelta(days=days))
    typer.echo(text)
    typer.echo(f"到期 expires {timezone.localtime(row.expires_at):%Y-%m-%d %H:%M}", err=True)


@app.command()
def post(
    username: Username,
    office: Annotated[str, typer.Argument(help="单位代码 office code")],
    roles: Annotated[
        str,
        typer.Option(
            help="逗号分隔 comma separated: handler,leader,hotline,arbiter,commander,auditor,admin,grid"
        ),
    ],
    title: Annotated[str, typer.Option(help="岗位名称 title of the post")] = "经办",
) -> None:
    """让账号任某单位的一个岗位。 Give an account a post in an office."""
    from zhili.core.people.models import Office, Post, PostHolding, Role

    given = [role.strip() for role in roles.split(",") if role.strip()]
    if unknown := sorted(set(given) - set(Role.values)):
        _refuse(f"没有这样的职责 {', '.join(unknown)}，可用 Roles: {', '.join(Role.values)}")
    account = _account(username)
    where = Office.objects.filter(code=office).first()
    if where is None:
        _refuse(f"没有单位 {office}。 No office with code {office}.")
    place, _ = Post.objects.get_or_create(office=where, title=title, roles=given)
    PostHolding.objects.get_or_create(
        post=place, account=account, valid_to=None, defaults={"valid_from": date.today()}
    )
    typer.echo(f"{username}：{where.name} {title}（{', '.join(given)}）")
