"""`zhili simulate`: play a city through the API. Only `prepare` and `forget` need the site's own machine."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True)
File = Annotated[
    Path | None,
    typer.Option("--file", help="prepare 写下的文件 what prepare wrote; ZHILI_HOME/simulate.json"),
]


def _file(given: Path | None) -> Path:
    from zhili.conf.home import home

    return given or home() / "simulate.json"


@app.command()
def prepare(
    file: File = None,
    residents: Annotated[int, typer.Option(min=1, max=50_000, help="居民账号数 accounts of residents")] = 400,
    days: Annotated[int, typer.Option(min=1, max=365, help="令牌有效天数 days the tokens are valid")] = 7,
    scale_limits: Annotated[
        bool,
        typer.Option(
            "--scale-limits",
            help="把全部时限按速度缩短（只用于可丢弃的示范城市） shorten every limit of a throw-away city",
        ),
    ] = False,
    speed: Annotated[float, typer.Option(min=1, max=100_000, help="--scale-limits 所按的速度")] = 60,
) -> None:
    """为示范城市的每个单位建账号、发令牌。 Make accounts and tokens for every office of a demo city."""
    from zhili.cli import site

    with site():
        from zhili.commands import simulating

        where = _file(file)
        try:
            made = simulating.prepare(where, residents, days, speed if scale_limits else None)
        except simulating.NotForPlaying as refused:
            typer.secho(str(refused), fg="red", err=True)
            raise typer.Exit(1) from None
    typer.echo(
        f"单位 offices {made.offices}，居民 residents {made.residents}，网格 cells {made.cells} → {where}（0600）"
    )
    for name, minutes in made.limits.items():
        typer.echo(f"  {name} = {minutes}")


@app.command()
def forget(file: File = None) -> None:
    """吊销演出用的令牌，停用其账号。 End the tokens and close the accounts that prepare made."""
    from zhili.cli import site

    with site():
        from zhili.commands import simulating

        closed = simulating.forget(_file(file))
    typer.echo(f"停用账号 accounts closed: {closed}")


@app.command()
def city(
    speed: Annotated[
        float, typer.Option(min=0, help="几倍于真实时间，0 为不等待 times real time; 0: no waiting")
    ] = 60,
    hours: Annotated[float, typer.Option(min=0.01, help="演几个模拟小时 simulated hours")] = 24,
    rate: Annotated[
        float | None, typer.Option(min=0.1, help="每个工作日上报数 matters on a working day")
    ] = None,
    seed: Annotated[str, typer.Option(help="同一种子同一城市 the same seed, the same city")] = "1",
    url: Annotated[str, typer.Option(help="站点 the site")] = "",
    begin: Annotated[float, typer.Option(min=0, max=23.99, help="第一天从几点起 hour of the first day")] = 6,
    start: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="模拟的第一天 the first simulated day")
    ] = datetime(2026, 3, 2),
    residents: Annotated[
        int, typer.Option(min=0, help="只用其中几个居民账号 only so many residents; 0: all")
    ] = 0,
    visits: Annotated[
        float, typer.Option(min=0, max=1, help="只看不报的人 part of the seed's visitors")
    ] = 0.01,
    copy: Annotated[
        str, typer.Option(help="同一计划再演一遍 the same plan once more, beside the first")
    ] = "",
    settle: Annotated[
        bool, typer.Option("--settle", help="一直演到事项了结 go on until every life has ended")
    ] = False,
    connections: Annotated[int, typer.Option(min=1, max=256, help="同时请求数 requests at once")] = 16,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出计划 print the plan only")] = False,
    fresh: Annotated[
        bool, typer.Option("--from-start", help="不从上次停下处接着演 not on from where it stopped")
    ] = False,
    file: File = None,
) -> None:
    """演出一座城市：居民、网格员、各单位。 Play a city: residents, grid workers, offices."""
    from zhili.simulate import city as cities
    from zhili.simulate import proportions
    from zhili.simulate.plan import Options

    where = _file(file)
    try:
        known = cities.read(where).at_speed(speed)
    except cities.NoCity as missing:
        typer.secho(str(missing), fg="red", err=True)
        raise typer.Exit(1) from None
    if residents:
        known = replace(known, residents=known.residents[:residents])
    options = Options(seed, hours, rate or proportions.REPORTS_A_DAY, begin, start.date(), copy)
    if dry_run:
        _show(known, options)
        return
    from zhili.simulate.run import Run

    note = None if fresh else where.with_name(f"{where.stem}-{seed}.progress.json")
    run = Run(known, options, _url(url), speed, connections, settle, visits, note)
    raise typer.Exit(asyncio.run(_play(run)))


@app.command()
def eldercare(
    bands: Annotated[int, typer.Option(min=1, max=2_000, help="手环数 wristbands")] = 12,
    speed: Annotated[float, typer.Option(min=1, max=1_000, help="几倍于真实时间 times real time")] = 60,
    hours: Annotated[float, typer.Option(min=0.01, help="演几个模拟小时 simulated hours")] = 2,
    sos: Annotated[int, typer.Option(min=0, help="几次呼救 calls by the SOS key")] = 2,
    falls: Annotated[int, typer.Option(min=0, help="几次跌倒 falls")] = 1,
    seed: Annotated[str, typer.Option(help="同一种子同一剧本 the same seed, the same script")] = "1",
    host: Annotated[str, typer.Option(help="网关 the gateway")] = "127.0.0.1",
    again: Annotated[bool, typer.Option("--prepare", help="重新准备手环和密钥 prepare anew")] = False,
    file: File = None,
) -> None:
    """让一个村的手环说话。 Let a village of wristbands speak: heart beats, positions, calls for help."""
    import random

    from zhili.simulate.wristbands import village

    where = file or _file(None).with_name("simulate-eldercare.json")
    try:
        known = [] if again else village.read(where)
    except village.NoVillage:
        known = []
    if len(known) < bands:
        _prepare_wristbands(where, bands)
        known = village.read(where)
    ports = village.Where(
        host,
        int(os.environ.get("ZHILI_GATEWAY_WATCH") or 5093),
        int(os.environ.get("ZHILI_BROKER_PORT") or 1883),
    )
    seconds = hours * 3600
    calls = village.script(bands, seconds, sos, falls, random.Random(seed))  # noqa: S311
    raise typer.Exit(
        asyncio.run(
            _wristbands(village.Village(known[:bands], ports, speed, seconds, typer.echo), calls, seed)
        )
    )


def _prepare_wristbands(where: Path, bands: int) -> None:
    from zhili.cli import site

    with site():
        from zhili.commands import simulating, simulating_wristbands

        try:
            made = simulating_wristbands.prepare(where, bands)
        except simulating.NotForPlaying as refused:
            typer.secho(str(refused), fg="red", err=True)
            raise typer.Exit(1) from None
    typer.echo(f"手环 wristbands {made} → {where}（0600）")


async def _wristbands(playing: object, calls: Any, seed: str) -> int:
    """0 when every call had its receipt; 1 when one had none, or a wristband could not connect."""
    from zhili.simulate.wristbands.village import Village

    assert isinstance(playing, Village)
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, playing.stopping.set)
    typer.echo(
        f"手环 {len(playing.bands)}，呼救 {len(calls)}，{playing.seconds / playing.speed:.0f} s；Ctrl-C 停 stops"
    )
    found = await playing.play(calls, seed)
    slowest = f"，最慢 slowest {max(found.receipts) * 1000:.0f} ms" if found.receipts else ""
    typer.echo(
        f"报告 reports {found.reports}，无回执 unanswered {found.unanswered}，连不上 unreachable {found.unreachable}，"
        f"呼救回执 receipts {len(found.receipts)}{slowest}"
    )
    return 1 if found.unanswered or found.unreachable else 0


@app.command()
def wages(
    workers: Annotated[int, typer.Option(min=5, max=60, help="每个班组几个工人 workers of a crew")] = 6,
    crews: Annotated[int, typer.Option(min=1, max=30, help="每个工地几个班组 crews of a site")] = 2,
    speed: Annotated[
        float, typer.Option(min=0, help="几倍于真实时间，0 为不等待 times real time; 0: no waiting")
    ] = 0,
    seed: Annotated[str, typer.Option(help="同一种子同一个月 the same seed, the same month")] = "1",
    url: Annotated[str, typer.Option(help="站点 the site")] = "",
    connections: Annotated[int, typer.Option(min=1, max=64, help="同时请求数 requests at once")] = 8,
    again: Annotated[
        bool, typer.Option("--prepare", help="只准备，不演 prepare two fresh sites and stop")
    ] = False,
    file: File = None,
) -> None:
    """两个工地的一个月：一家按时发，一家发不出。 A month of two building sites: one pays, one falls behind."""
    from zhili.simulate.wages import site as sites

    where = file or _file(None).with_name("simulate-wages.json")
    try:
        known = None if again else sites.read(where)
    except sites.NoSite:
        known = None
    if known is None:
        _prepare_wages(where, crews, workers)
        if again:
            return
        known = sites.read(where)
    sites.played(where)
    raise typer.Exit(asyncio.run(_wages(known, seed, _url(url), speed, connections)))


def _prepare_wages(where: Path, crews: int, workers: int) -> None:
    from zhili.cli import site

    with site():
        from zhili.commands import simulating, simulating_wages

        try:
            month = simulating_wages.prepare(where, crews, workers)
        except simulating.NotForPlaying as refused:
            typer.secho(str(refused), fg="red", err=True)
            raise typer.Exit(1) from None
    typer.echo(f"两个工地 two sites，{crews} 班组 crews × {workers} 人，{month:%Y-%m} → {where}（0600）")


async def _wages(known: object, seed: str, url: str, speed: float, connections: int) -> int:
    """0 when every wage is right to the fen and the month went to its end."""
    from zhili.simulate.api import Api, Unreachable
    from zhili.simulate.tally import Tally
    from zhili.simulate.wages import screen
    from zhili.simulate.wages.plan import plan
    from zhili.simulate.wages.playing import Playing, WentWrong
    from zhili.simulate.wages.site import Site

    assert isinstance(known, Site)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # preparing has set up the site's own logging
    tally = Tally()
    api = Api(url, tally, connections)
    playing = Playing(api, known, plan(known, seed), speed, typer.echo)
    try:
        found = await playing.play()
    except (Unreachable, WentWrong) as fault:
        typer.secho(str(fault), fg="red", err=True)
        return 1
    finally:
        await api.close()
    screen.report(found, tally)
    return 1 if found.differences else 0


def _url(given: str) -> str:
    return given or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"


async def _play(run: object) -> int:
    """0 when it went to its end or was stopped; 1 when the site could not be reached or matters were stuck."""
    from zhili.simulate import screen
    from zhili.simulate.api import Unreachable
    from zhili.simulate.run import Run

    assert isinstance(run, Run)
    if run.speed and run.city.scaled is None:
        screen.console.print(
            "时限未缩短：超时只对计划而言，站点自己的时钟照真实时间走。"
            " Limits are not shortened: late means late by the plan; the site's clocks keep real time."
        )
    playing = asyncio.create_task(run.play(screen.watch))
    asked = 0

    def stop() -> None:
        """Once: the steps begun are ended, and the report is given. Twice: at once."""
        nonlocal asked
        asked += 1
        run.pace.stop()
        if asked > 1:
            playing.cancel()

    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop)
    try:
        found = await playing
    except asyncio.CancelledError:
        return 130
    except Unreachable as fault:
        screen.console.print(f"[red]{fault}[/]")
        return 1
    screen.report(run, found)
    return 1 if found.stuck else 0


def _show(known: object, options: object) -> None:
    """The plan in figures, and its first matters."""
    from zhili.simulate import rhythm, wording
    from zhili.simulate.city import City
    from zhili.simulate.plan import Options, plan
    from zhili.simulate.screen import console

    assert isinstance(known, City)
    assert isinstance(options, Options)
    matters = list(plan(known, options))
    by_hour = Counter(int(one.at) for one in matters)
    most = max(by_hour.values(), default=1)
    for hour, number in sorted(by_hour.items())[:72]:
        console.print(f"{rhythm.said(hour, options.start)} {number:>6} {'▇' * round(40 * number / most)}")
    for title, counts in (
        ("来源 channel", Counter(one.channel for one in matters)),
        ("结局 life", Counter(one.kind for one in matters)),
        ("分类 category", Counter(wording.categories()[one.category].name for one in matters)),
    ):
        console.print(
            f"{title}: " + "  ".join(f"{name} {n}" for name, n in counts.most_common()), soft_wrap=True
        )
    steps = sum(len(one.moves) for one in matters)
    console.print(
        f"事项 matters {len(matters)}  步骤至多 steps at most {steps}  超时 late {sum(m.late for m in matters)}"
    )
    for one in matters[:20]:
        console.print(
            f"{rhythm.said(one.at, options.start)} {one.name} {one.channel} {one.body['what']}",
            soft_wrap=True,
        )
        for move in one.moves:
            when = f"（{'、'.join(move.when)}）" if move.when else ""
            console.print(
                f"    {rhythm.said(move.at, options.start)} {move.who} {move.action}{when}"
                f"{' 超时 late' if move.late else ''}"
            )
