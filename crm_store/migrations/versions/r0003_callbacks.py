"""Callbacks: which interactions are calls of ours, and the call in which each was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "interaction",
        sa.Column("is_callback", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("interaction", sa.Column("callback_of", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_interaction_callback_of"), "interaction", ["callback_of"])
