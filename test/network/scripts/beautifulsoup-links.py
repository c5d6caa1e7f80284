# /// script
# dependencies = [
#     "beautifulsoup4",  # the name of the module is another one: bs4
#     "lxml",
# ]
# ///

from bs4 import BeautifulSoup

page = BeautifulSoup("<p><a href='/one'>1</a><a href='/two'>2</a>", "lxml")
print("ok", [link["href"] for link in page.find_all("a")])
