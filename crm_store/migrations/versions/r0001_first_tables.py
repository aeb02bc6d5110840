"""The first tables: parties, interactions, activities, service requests, people who log in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name_key", name=op.f("uq_account_name_key")),
    )
    op.create_table(
        "app_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), server_default="", nullable=False),
        sa.Column("login_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("station", sa.Text(), server_default="", nullable=False),
        sa.Column("answers_by_click", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("queues", JSON, nullable=False),
        sa.Column("skills", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "role IN ('agent', 'supervisor', 'admin')", name=op.f("ck_app_user_role_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("login_key", name=op.f("uq_app_user_login_key")),
    )
    op.create_table(
        "number_series",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_number_series")),
    )
    op.create_table(
        "one_time_code",
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code_sha256", name=op.f("pk_one_time_code")),
    )
    op.create_table(
        "phone_number",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_own", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('e164', 'short_code', 'internal_ext', 'raw')",
            name=op.f("ck_phone_number_kind_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_number")),
        sa.UniqueConstraint("kind", "canonical", name=op.f("uq_phone_number_kind_canonical")),
    )
    op.create_table(
        "projection_cursor",
        sa.Column("journal_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("journal_id", name=op.f("pk_projection_cursor")),
    )
    op.create_table(
        "tier",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("queue_priority", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_tier")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), server_default="", nullable=False),
        sa.Column("preferred_language", sa.Text(), server_default="", nullable=False),
        sa.Column("tier_code", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("do_not_call", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("created_via", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_account_id")),
        sa.ForeignKeyConstraint(["tier_code"], ["tier.code"], name=op.f("fk_contact_tier_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("external_id", name=op.f("uq_contact_external_id")),
    )
    op.create_index(op.f("ix_contact_account_id"), "contact", ["account_id"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_user_session")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "interaction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Text(), server_default="", nullable=False),
        sa.Column("ani", sa.Text(), nullable=True),
        sa.Column("presentation", sa.String(length=32), nullable=False),
        sa.Column("ani_name", sa.Text(), server_default="", nullable=False),
        sa.Column("dnis", sa.Text(), server_default="", nullable=False),
        sa.Column("service", sa.Text(), server_default="", nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("menu_path", JSON, nullable=False),
        sa.Column("queue_id", sa.Text(), nullable=True),
        sa.Column("queue_name", sa.Text(), server_default="", nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("agent_name", sa.Text(), server_default="", nullable=False),
        sa.Column("match_status", sa.String(length=32), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("party_name", sa.Text(), server_default="", nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("wait_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("talk_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wrap_up_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("wrap_up_late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=True),
        sa.Column("follow_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_interaction_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction")),
    )
    op.create_index(
        op.f("ix_interaction_arrived_at_id"), "interaction", ["arrived_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_interaction_contact_id_arrived_at"),
        "interaction",
        ["contact_id", "arrived_at"],
        unique=False,
    )
    op.create_index(op.f("ix_interaction_outcome"), "interaction", ["outcome"], unique=False)
    op.create_table(
        "phone_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_number_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("extension", sa.Text(), server_default="", nullable=False),
        sa.Column("confidence", sa.String(length=32), nullable=False),
        sa.Column("is_primary", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confidence IN ('verified', 'confirmed', 'imported', 'inferred')",
            name=op.f("ck_phone_identity_confidence_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_phone_identity_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["phone_number_id"], ["phone_number.id"], name=op.f("fk_phone_identity_phone_number_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_identity")),
        sa.UniqueConstraint(
            "phone_number_id",
            "contact_id",
            "extension",
            name=op.f("uq_phone_identity_phone_number_id_contact_id_extension"),
        ),
    )
    op.create_index(
        op.f("ix_phone_identity_contact_id"), "phone_identity", ["contact_id"], unique=False
    )
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=True),
        sa.Column("parent_activity_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("agent_name", sa.Text(), server_default="", nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('call', 'task')", name=op.f("ck_activity_kind_is_known")),
        sa.CheckConstraint("status IN ('open', 'done')", name=op.f("ck_activity_status_is_known")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_activity_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interaction.id"], name=op.f("fk_activity_interaction_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_activity_id"], ["activity.id"], name=op.f("fk_activity_parent_activity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("interaction_id", name=op.f("uq_activity_interaction_id")),
    )
    op.create_index(
        op.f("ix_activity_contact_id_occurred_at"),
        "activity",
        ["contact_id", "occurred_at"],
        unique=False,
    )
    op.create_index(op.f("ix_activity_outcome"), "activity", ["outcome"], unique=False)
    op.create_index(
        op.f("ix_activity_parent_activity_id"), "activity", ["parent_activity_id"], unique=False
    )
    op.create_table(
        "interaction_segment",
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("queue_id", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("agent_name", sa.Text(), server_default="", nullable=False),
        sa.Column("station", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interaction.id"],
            name=op.f("fk_interaction_segment_interaction_id"),
        ),
        sa.PrimaryKeyConstraint("interaction_id", "seq", name=op.f("pk_interaction_segment")),
    )
    op.create_table(
        "service_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("origin_interaction_id", sa.Uuid(), nullable=True),
        sa.Column("origin_number", sa.Integer(), nullable=True),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('new', 'open', 'pending_customer', 'resolved', 'closed', 'cancelled')",
            name=op.f("ck_service_request_status_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_service_request_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_service_request_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin_interaction_id"],
            ["interaction.id"],
            name=op.f("fk_service_request_origin_interaction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_request")),
        sa.UniqueConstraint("number", name=op.f("uq_service_request_number")),
        sa.UniqueConstraint(
            "origin_interaction_id",
            "origin_number",
            name=op.f("uq_service_request_origin_interaction_id_origin_number"),
        ),
    )
    op.create_index(
        op.f("ix_service_request_activity_id"), "service_request", ["activity_id"], unique=False
    )
    op.create_index(
        op.f("ix_service_request_contact_id_status"),
        "service_request",
        ["contact_id", "status"],
        unique=False,
    )
