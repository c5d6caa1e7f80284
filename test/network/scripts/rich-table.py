# /// script
# requires-python = ">=3.9"
# dependencies = [
#     "rich",
# ]
# ///

from rich.console import Console
from rich.table import Table

table = Table("planet", "moons", title="Planets")
table.add_row("Mars", "2")
table.add_row("Jupiter", "95")
Console(width=40).print(table)
print("ok")
