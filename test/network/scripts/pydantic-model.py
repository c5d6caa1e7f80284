# /// script
# dependencies = ["pydantic>=2,<3"]
# ///

from datetime import date

from pydantic import BaseModel, ValidationError


class Person(BaseModel):
    name: str
    born: date


person = Person.model_validate_json('{"name": "Ada", "born": "1815-12-10"}')
try:
    Person(name="x", born="never")
except ValidationError as error:
    print("ok", person.born.year, error.error_count())
