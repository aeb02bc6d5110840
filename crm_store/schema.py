"""The tables of the CRM, as SQLAlchemy Core. ``migrations`` makes the same on a database.

Ids are UUIDs; numbers for people are columns of their own. Times are UTC. ``version`` counts the
edits of a row that people edit. Text that comes from outside has no length limit here: it is cut
where it enters, and a record must never be refused for its length.
"""

import sqlalchemy as sa

from crm_store.columns import Json, UtcDateTime

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

CODE = sa.String(32)


def _id() -> "sa.Column[object]":
    return sa.Column("id", sa.Uuid, primary_key=True)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _flag(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _count(name: str, first: str = "0") -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=first)


def _at(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UtcDateTime, nullable=nullable)


# ---------------------------------------------------------------- parties

tier = sa.Table(
    "tier",
    metadata,
    sa.Column("code", CODE, primary_key=True),
    _text("label"),
    _count("queue_priority"),
)

account = sa.Table(
    "account",
    metadata,
    _id(),
    _text("name"),
    sa.Column("name_key", sa.Text, nullable=False, unique=True),
    _at("created_at"),
)

contact = sa.Table(
    "contact",
    metadata,
    _id(),
    _text("display_name"),
    sa.Column("name_key", sa.Text, nullable=False),
    _text("search"),
    _text("preferred_language"),
    sa.Column("tier_code", CODE, sa.ForeignKey("tier.code"), nullable=False),
    sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=True, index=True),
    _flag("do_not_call"),
    sa.Column("external_id", sa.Text, nullable=True, unique=True),
    sa.Column("owner_id", sa.Uuid, sa.ForeignKey("app_user.id"), nullable=True),
    sa.Column("created_via", CODE, nullable=False),
    _at("created_at"),
    _at("updated_at"),
    _at("deleted_at", nullable=True),
    _count("version", "1"),
)

phone_number = sa.Table(
    "phone_number",
    metadata,
    _id(),
    sa.Column("kind", CODE, nullable=False),
    sa.Column("canonical", sa.Text, nullable=False),
    _flag("is_shared"),
    _flag("is_own"),
    _at("created_at"),
    sa.UniqueConstraint("kind", "canonical"),
    sa.CheckConstraint(
        "kind IN ('e164', 'short_code', 'internal_ext', 'raw')", name="kind_is_known"
    ),
)

phone_identity = sa.Table(
    "phone_identity",
    metadata,
    _id(),
    sa.Column("phone_number_id", sa.Uuid, sa.ForeignKey("phone_number.id"), nullable=False),
    sa.Column("contact_id", sa.Uuid, sa.ForeignKey("contact.id"), nullable=False, index=True),
    _text("extension"),
    sa.Column("confidence", CODE, nullable=False),
    _flag("is_primary"),
    _at("last_seen_at", nullable=True),
    _at("valid_to", nullable=True),
    sa.UniqueConstraint("phone_number_id", "contact_id", "extension"),
    sa.CheckConstraint(
        "confidence IN ('verified', 'confirmed', 'imported', 'inferred')",
        name="confidence_is_known",
    ),
)

# ---------------------------------------------------------------- interactions and activities

interaction = sa.Table(
    "interaction",
    metadata,
    _id(),
    _text("leg_id"),
    sa.Column("ani", sa.Text, nullable=True),
    sa.Column("presentation", CODE, nullable=False),
    _text("ani_name"),
    _text("dnis"),
    _text("service"),
    _at("arrived_at"),
    _at("answered_at", nullable=True),
    _at("ended_at", nullable=True),
    sa.Column("outcome", CODE, nullable=True, index=True),
    sa.Column("ended_by", CODE, nullable=True),
    _text("cause"),
    sa.Column("menu_path", Json, nullable=False),
    sa.Column("queue_id", sa.Text, nullable=True),
    _text("queue_name"),
    sa.Column("agent_id", sa.Text, nullable=True),
    _text("agent_name"),
    sa.Column("match_status", CODE, nullable=False),
    sa.Column("contact_id", sa.Uuid, sa.ForeignKey("contact.id"), nullable=True),
    _text("party_name"),
    sa.Column("confirmed_by", sa.Text, nullable=True),
    _count("wait_ms"),
    _count("talk_ms"),
    _count("wrap_up_ms"),
    sa.Column("disposition", sa.Text, nullable=True),
    _text("note"),
    _flag("wrap_up_late"),
    _flag("closed"),
    sa.Column("follow_up", sa.Text, nullable=True),
    _at("follow_up_at", nullable=True),
    _text("search"),
    _flag("is_callback"),
    # Not a foreign key: the call in which it was asked for may be deleted, or not be stored yet.
    sa.Column("callback_of", sa.Uuid, nullable=True, index=True),
    sa.Index(None, "arrived_at", "id"),
    sa.Index(None, "contact_id", "arrived_at"),
)

interaction_segment = sa.Table(
    "interaction_segment",
    metadata,
    sa.Column("interaction_id", sa.Uuid, sa.ForeignKey("interaction.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", CODE, nullable=False),
    _at("started_at"),
    _at("ended_at", nullable=True),
    _text("end_reason"),
    sa.Column("queue_id", sa.Text, nullable=True),
    sa.Column("agent_id", sa.Text, nullable=True),
    _text("agent_name"),
    _text("station"),
)

activity = sa.Table(
    "activity",
    metadata,
    _id(),
    sa.Column("kind", CODE, nullable=False),
    sa.Column(
        "interaction_id", sa.Uuid, sa.ForeignKey("interaction.id"), nullable=True, unique=True
    ),
    sa.Column(
        "parent_activity_id", sa.Uuid, sa.ForeignKey("activity.id"), nullable=True, index=True
    ),
    sa.Column("contact_id", sa.Uuid, sa.ForeignKey("contact.id"), nullable=True),
    _text("subject"),
    _text("note"),
    sa.Column("status", CODE, nullable=False),
    sa.Column("outcome", CODE, nullable=True, index=True),
    sa.Column("disposition", sa.Text, nullable=True),
    sa.Column("agent_id", sa.Text, nullable=True),
    _text("agent_name"),
    _at("occurred_at"),
    _at("due_at", nullable=True),
    _count("version", "1"),
    sa.Index(None, "contact_id", "occurred_at"),
    sa.CheckConstraint("kind IN ('call', 'task')", name="kind_is_known"),
    sa.CheckConstraint("status IN ('open', 'done')", name="status_is_known"),
)

service_request = sa.Table(
    "service_request",
    metadata,
    _id(),
    sa.Column("number", CODE, nullable=False, unique=True),
    sa.Column("origin_interaction_id", sa.Uuid, sa.ForeignKey("interaction.id"), nullable=True),
    sa.Column("origin_number", sa.Integer, nullable=True),
    sa.Column("activity_id", sa.Uuid, sa.ForeignKey("activity.id"), nullable=True, index=True),
    sa.Column("contact_id", sa.Uuid, sa.ForeignKey("contact.id"), nullable=True),
    sa.Column("kind", sa.Text, nullable=False),
    _text("subject"),
    _text("description"),
    sa.Column("status", CODE, nullable=False),
    _at("opened_at"),
    sa.Column("opened_by", sa.Text, nullable=True),
    _at("closed_at", nullable=True),
    _count("version", "1"),
    sa.UniqueConstraint("origin_interaction_id", "origin_number"),
    sa.Index(None, "contact_id", "status"),
    sa.CheckConstraint(
        "status IN ('new', 'open', 'pending_customer', 'resolved', 'closed', 'cancelled')",
        name="status_is_known",
    ),
)

number_series = sa.Table(
    "number_series",
    metadata,
    sa.Column("prefix", sa.Text, primary_key=True),
    _count("last"),
)

projection_cursor = sa.Table(
    "projection_cursor",
    metadata,
    sa.Column("journal_id", sa.Text, primary_key=True),
    _count("seq"),
)

# ---------------------------------------------------------------- people who log in

app_user = sa.Table(
    "app_user",
    metadata,
    _id(),
    _text("login"),
    sa.Column("login_key", sa.Text, nullable=False, unique=True),
    _text("password_hash"),
    sa.Column("role", CODE, nullable=False),
    _text("display_name"),
    _flag("disabled"),
    _text("station"),
    _flag("answers_by_click"),
    sa.Column("queues", Json, nullable=False),
    sa.Column("skills", Json, nullable=False),
    sa.Column("levels", Json, nullable=False, server_default="{}"),
    sa.Column("priorities", Json, nullable=False, server_default="{}"),
    _at("created_at"),
    _count("version", "1"),
    sa.CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name="role_is_known"),
)

user_session = sa.Table(
    "user_session",
    metadata,
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("app_user.id"), nullable=False, index=True),
    _at("opened_at"),
    _at("expires_at"),
)

one_time_code = sa.Table(
    "one_time_code",
    metadata,
    sa.Column("code_sha256", sa.String(64), primary_key=True),
    sa.Column("purpose", CODE, nullable=False),
    _at("expires_at"),
    _at("used_at", nullable=True),
)
