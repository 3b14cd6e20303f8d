"""Put the verbs together."""

from __future__ import annotations

import typer

from roomd.cli import ask, audit, config, daemon, driver, look, people, rehearse, scene, tls

app = typer.Typer(
    name="roomd",
    help="Run one meeting room: devices, panel, archive.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(daemon.demo)
app.command("run")(daemon.run)
config.app.command("reload")(ask.config_reload)
config.app.command("rollback")(ask.config_rollback)
app.add_typer(config.app, name="config")
app.command("devices")(ask.devices)
app.command("send")(ask.send)
app.command("stop")(ask.stop)
app.command("why")(ask.why)
app.command("trace")(ask.trace)
app.command("scene")(scene.scene)
app.command("reset")(scene.reset)
app.command("rehearse")(rehearse.rehearse)
app.command("ports")(look.ports)
app.command("discover")(look.discover)
app.command("doctor")(look.doctor)
app.command("version")(look.version)
app.add_typer(driver.app, name="driver")
app.add_typer(audit.app, name="audit")
app.add_typer(people.users, name="user")
app.add_typer(people.tokens, name="token")
app.command("pair")(people.pair)
app.add_typer(tls.app, name="tls")


def main() -> None:
    """Run the command line."""
    # Named: completion asks under this name, however the program was started.
    app(prog_name="roomd")
