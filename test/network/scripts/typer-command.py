# /// script
# dependencies = ["typer"]
# ///

import typer

app = typer.Typer()


@app.command()
def add(one: int, two: int = 2):
    print("ok", one + two)


app(["40"])
