# /// script
# dependencies = ["click"]
# ///

import click
from click.testing import CliRunner


@click.command()
@click.option("--count", default=1, show_default=True)
@click.argument("name")
def greet(count, name):
    for _ in range(count):
        click.echo(f"hello {name}")


print("ok", CliRunner().invoke(greet, ["--count", "2", "you"]).output.split("\n"))
