# /// script
# dependencies = ["sqlalchemy>=2"]
# ///

from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Note(text="one"), Note(text="two")])
    session.commit()
    print("ok", session.scalars(select(Note.text).order_by(Note.id)).all())
