# /// script
# dependencies = ["jinja2", "markupsafe"]
# ///

from jinja2 import Environment

template = Environment(autoescape=True).from_string("{% for each in words %}<b>{{ each }}</b>{% endfor %}")
print("ok", template.render(words=["a", "<b>"]))
