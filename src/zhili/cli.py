"""The `zhili` command. Each subcommand imports what it needs when it runs, so that help is quick."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from zhili.conf.postgres import PostgresError
from zhili.conf.site import Busy, Refused

app = typer.Typer(
    name="zhili",
    help="治理：城市公共事务平台。 Zhili: the platform on which a city runs its public matters.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _on(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    return default if value in (None, "") else value == "1"


def _setup() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
    import django

    from zhili.base import cycles

    with cycles.seldom():  # a sixth of the time of each command's start
        django.setup()


def set_up() -> None:
    """Django ready and no database asked: for commands that read files."""
    _setup()


@contextmanager
def site(owner: bool = False, pool: bool = False) -> Iterator[None]:
    """Django ready and the database reachable; as the owner role for commands that change tables."""
    from zhili.conf import database

    with database.reachable():
        if owner:
            # The grants still go to the role of the service, whose address is kept aside.
            os.environ["ZHILI_RUNTIME_URL"] = database.runtime_url()
            os.environ["DATABASE_URL"] = database.owner_url()
        if not pool:  # one connection is enough, and its errors say more than a pool's patience running out
            os.environ["ZHILI_DB_POOL"] = "0"
        _setup()
        yield


@app.command()
def run(
    port: Annotated[int, typer.Option(envvar="PORT", help="端口 port")] = 8000,
    host: Annotated[
        str, typer.Option(envvar="ZHILI_BIND", help="监听地址 address to listen on")
    ] = "127.0.0.1",
    server: Annotated[str, typer.Option(envvar="ZHILI_SERVER", help="uvicorn | granian")] = "uvicorn",
    workers: Annotated[int, typer.Option(help="granian 进程数 processes")] = 2,
    demo: Annotated[
        bool | None, typer.Option(help="首次启动装入示范城市 load the demo city on the first start")
    ] = None,
) -> None:
    """启动整套系统：数据库、后台、网站。 Start the whole site: database, worker, web."""
    from zhili.commands.run import run as run_site
    from zhili.conf.database import is_private

    if server not in ("uvicorn", "granian"):
        raise typer.BadParameter("uvicorn | granian", param_hint="--server")
    # Its passwords are public: never by itself on an address others can reach, or in a database of somebody's.
    usual = is_private() and host in ("127.0.0.1", "localhost", "::1")
    wanted = _on("ZHILI_DEMO", usual) if demo is None else demo
    raise typer.Exit(run_site(host, port, server, workers, wanted))


@app.command()
def worker() -> None:
    """只运行后台任务。 Run the worker only: clocks, event streams, notices, cleaning."""
    with site(pool=True):
        from zhili.conf.work import Worker

        one = Worker()
        one.stop_on_signals()
        one.run()


@app.command()
def gateway(
    only: Annotated[
        str | None, typer.Option(help="只做一件 one part only: collect 采集 | judge 研判")
    ] = None,
    broker: Annotated[
        bool, typer.Option("--broker", help="带一个试用的 MQTT 服务 with a broker inside, for trials")
    ] = False,
    mqtt: Annotated[
        list[str] | None, typer.Option(help="MQTT 服务地址 brokers (ZHILI_MQTT): mqtt://user:password@host")
    ] = None,
) -> None:
    """只运行设备网关：接收设备数据并研判。 Run the gateway only: what devices send is stored and judged."""
    from zhili.commands import gateway as do

    if only not in (None, *do.PARTS):
        raise typer.BadParameter("collect | judge", param_hint="--only")
    with site(pool=True):
        if only is None:
            raise typer.Exit(do.both(mqtt or [], broker, typer.echo))
        raise typer.Exit(do.judge() if only == "judge" else do.collect(mqtt or [], broker))


@app.command()
def migrate(quiet: Annotated[bool, typer.Option("--quiet", help="只报错误 errors only")] = False) -> None:
    """升级数据库表、参数与权限。 Bring tables, parameters and grants to this version."""
    with site(owner=True):
        from zhili.commands.migrate import migrate as do

        do(quiet)


@app.command()
def demo(
    reset: Annotated[bool, typer.Option("--reset", help="先清空一切 delete everything first")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 do not ask")] = False,
) -> None:
    """装入示范城市（嘉兴）。 Load the demo city."""
    with site(owner=True):
        from zhili.commands.demo import load

        raise typer.Exit(load(reset, yes))


@app.command("demo-border")
def demo_border(
    port: Annotated[int, typer.Option(envvar="PORT", help="第一座城市的端口 port of the first")] = 8000,
    second: Annotated[
        int | None,
        typer.Option(help="第二座城市的端口，默认为下一个 port of the second; the next by default"),
    ] = None,
) -> None:
    """启动两座毗邻的示范城市。 Start two demo cities at a border, who exchange matters."""
    from zhili.commands.border import run as run_both

    raise typer.Exit(run_both(port, second))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="备份文件 the file to write, or with --verify to check")],
    verify: Annotated[
        bool, typer.Option("--verify", help="只核对文件，不用数据库 check the file only")
    ] = False,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="整个文件以口令加密 seal it under a passphrase")
    ] = False,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="密钥也放入（以口令加密） the keys too, sealed")
    ] = False,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="口令所在文件（首行） passphrase: first line")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="覆盖已有文件 replace the file")] = False,
    share: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="机器忙时占一个核的几成 share of one core while busy")
    ] = 0.25,
) -> None:
    """备份正在运行的城市到一个文件。 A running city to one file."""
    from zhili.commands import backup as do

    if verify:  # without Django: on any machine, whatever its settings
        raise typer.Exit(do.verify(file, passphrase_file))
    with site():
        raise typer.Exit(do.save(file, sealed, with_keys, passphrase_file, overwrite, share))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="备份文件 the backup")],
    with_keys: Annotated[bool, typer.Option("--with-keys", help="密钥也放回 put the keys back too")] = False,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="口令所在文件（首行） passphrase: first line")
    ] = None,
    expect: Annotated[
        str | None, typer.Option(help="备份时显示的指纹 the fingerprint told by backup")
    ] = None,
) -> None:
    """把备份恢复到空的数据库。 A backup into an empty city."""
    from zhili.commands.restore import restore as do

    with site(owner=True):
        raise typer.Exit(do(file, with_keys, passphrase_file, expect))


@app.command()
def retention(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看会清除什么 only show what would go")
    ] = False,
) -> None:
    """按期清除：到期的个人信息、消息正文、内部事件（平时由后台每夜进行）。 What goes by schedule."""
    from zhili.commands import retention as do

    with site():
        raise typer.Exit(do.show() if dry_run else do.run())


@app.command()
def check(
    database: Annotated[bool, typer.Option(help="也看未办结的事项 look at open cases too")] = True,
) -> None:
    """检查流程、名称、翻译与依赖方向。 Prove procedures, names, translations and import arrows sound."""
    from zhili.commands.check import check as do

    with site() if database else nullcontext():
        _setup()
        raise typer.Exit(do(database))


@app.command()
def diagram(procedure: Annotated[str, typer.Argument(help="例如 e.g. citizen_reports.report")]) -> None:
    """画出一个流程（Mermaid），或说出一条预警规则。 Draw a procedure (Mermaid), or say a rule over measurements."""
    _setup()
    from zhili.commands.diagram import diagram as do

    raise typer.Exit(do(procedure))


@app.command()
def doctor() -> None:
    """体检：版本、数据库、积压、磁盘、字体。 What is well with this site, what is not, and what to do."""
    from zhili.commands.doctor import doctor as do

    with site():
        raise typer.Exit(do())


@app.command()
def verify(
    files: Annotated[
        list[Path], typer.Argument(help="凭据（JSON、PDF）、物证袋（文件夹）或抽签文件 receipts, bags, draws")
    ],
    key: Annotated[
        list[str] | None, typer.Option("--key", help="必须是这把公钥签的 the key it must be signed with")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="别处留存的存证根，须是同一棵树 a checkpoint kept elsewhere")
    ] = None,
    consistency: Annotated[
        Path | None, typer.Option(help="两个存证根之间的证明 the proof between the two")
    ] = None,
) -> None:
    """核验凭据等文件，不用数据库。退出码：0 成立，1 不成立，2 读不了。 Check files; no database is asked."""
    set_up()
    from zhili.commands.verify import verify as do

    raise typer.Exit(do(files, key or [], checkpoint, consistency))


@app.command()
def translations(
    update: Annotated[bool, typer.Option("--update", help="把新词加进 .po add new texts")] = False,
) -> None:
    """编译界面翻译。 Compile the interface's translations."""
    from zhili.commands.translations import compile_all, update_all

    if update:
        _setup()
        update_all()
    compile_all()


# Groups of commands that live with their part: name -> (module with `app`, help). Imported when they are asked for.
GROUPS = {
    "open311": (
        "zhili.core.exchange.open311.commands",
        "与其他 Open311 系统交换事项。 Requests from and to other Open311 servers.",
    ),
    "archive": ("zhili.commands.archive", "归档：到期的办结事项。 Archive: closed cases in sealed files."),
    "draw": ("zhili.commands.draw", "公开抽签：照样再抽一遍。 Draws: run again from the published file."),
    "export": ("zhili.commands.export", "导出：不含个人信息的数据。 Export: data without personal values."),
    "figures": ("zhili.commands.figures", "统计数字：由步骤重算。 Figures: made anew from the steps."),
    "import": ("zhili.commands.importing", "历史数据：从其他系统导入。 History from other systems."),
    "exchange": ("zhili.commands.exchange", "与其他城市站点的协同。 Matters to and from other sites."),
    "keys": ("zhili.commands.keys", "个人信息的密钥：更换、停用。 Keys of personal values: rotate, retire."),
    "triage": (
        "zhili.commands.triage",
        "分类建议：学习与准确率。 Suggested categories: learning and figures.",
    ),
    "stats": ("zhili.commands.stats", "公布的统计：重新数一遍。 Published statistics: counted again."),
    "trail": ("zhili.commands.trail", "存证：逐行核对。 The trail: every row held against its leaf."),
    "user": ("zhili.commands.user", "账号、口令、令牌与岗位。 Accounts, passwords, tokens and posts."),
    "simulate": ("zhili.commands.simulate", "演出一座城市。 Play a city through the API."),
    "documents": (
        "zhili.core.documents.commands",
        "公文：办文代字、印章、登记簿、验章。 Documents: marks, seals, the register, checking a PDF.",
    ),
    "places": (
        "zhili.core.places.commands",
        "区划与网格：预览、检查、导入。 Divisions and cells: preview, check, import.",
    ),
}


OUTSIDERS = {"draw", "simulate", "stats"}
"""Groups that open the database by themselves, and only where they must."""
WITHOUT_A_SITE = {("exchange", "conformance")}
"""Commands that are tools for strangers: they need no database and no settings, as others of their group do."""


def _add_groups(asked: str, stack: ExitStack, helping: bool) -> None:
    for name, (module, text) in GROUPS.items():
        if name != asked:
            app.add_typer(typer.Typer(), name=name, help=text)
            continue
        if helping:
            _setup()
        elif name not in OUTSIDERS and tuple(_words()[:2]) not in WITHOUT_A_SITE:
            stack.enter_context(site())
        app.add_typer(import_module(module).app, name=name, help=text)


def _words() -> list[str]:
    return [word for word in sys.argv[1:] if not word.startswith("-")]


def main() -> None:
    """Entry point of the `zhili` command."""
    asked = next(iter(_words()), "")
    helping = bool({"-h", "--help"} & set(sys.argv)) or len(sys.argv) < 3
    try:
        with ExitStack() as stack:
            _add_groups(asked, stack, helping)
            app()
    except (Busy, PostgresError, Refused) as error:
        typer.secho(str(error), fg="red", err=True)
        raise SystemExit(1) from None
    except Exception as error:
        if type(error).__name__ != "ProgrammingError" or "does not exist" not in str(error):
            raise
        told = str(error).partition(chr(10))[0]
        typer.secho(
            "这个数据库还没有升级到本版本：zhili migrate（看看 ZHILI_HOME 指的是不是您要的那一处）。 "
            f"This database is older than the program: run zhili migrate, or set ZHILI_HOME to another. ({told})",
            fg="red",
            err=True,
        )
        raise SystemExit(1) from None
