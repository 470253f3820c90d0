"""What the tables share: how they and their constraints are named."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sqlalchemy import MetaData, text
from sqlalchemy.orm import declared_attr
from sqlmodel import SQLModel

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Table(SQLModel):
    """What the tables share; their models describe columns and are never built or validated."""

    metadata = MetaData(naming_convention=NAMES)
    model_config = {"defer_build": True, "arbitrary_types_allowed": True}
    __table_args__: ClassVar[Any] = ()

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return re.sub("(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()


def only_where(condition: str) -> dict[str, Any]:
    """Return the options of an index that holds only some rows, however many others there are."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
