"""Routing: agents' levels and priorities in their queues, and who looks after a customer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    for name in ("levels", "priorities"):
        column = sa.Column(name, JSON, server_default="{}", nullable=False)
        op.add_column("app_user", column)
    with op.batch_alter_table("contact") as contact:
        contact.add_column(sa.Column("owner_id", sa.Uuid(), nullable=True))
        contact.create_foreign_key(op.f("fk_contact_owner_id"), "app_user", ["owner_id"], ["id"])
