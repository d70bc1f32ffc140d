"""review: versions waiting for reviewers, their votes, and items whose law changed"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    with op.batch_alter_table('item_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('author_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_item_version_author_id_person'), 'person', ['author_id'], ['id'])
    op.create_table('quarantine',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('item_version_id', sa.Integer(), nullable=False),
    sa.Column('law', sa.String(length=120), nullable=False),
    sa.Column('article', sa.String(length=20), nullable=False),
    sa.Column('old_version', sa.Date(), nullable=False),
    sa.Column('new_version', sa.Date(), nullable=True),
    sa.Column('new_article', sa.String(length=20), nullable=True),
    sa.Column('change', sa.String(length=10), nullable=False),
    sa.Column('ended_by', sa.String(length=200), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolution', sa.String(length=10), nullable=False),
    sa.Column('resolved_by', sa.Integer(), nullable=True),
    sa.CheckConstraint("change in ('changed', 'moved', 'gone', 'repealed')", name=op.f('ck_quarantine_change')),
    sa.CheckConstraint("resolution in ('', 'rewritten', 'confirmed', 'retired', 'withdrawn')", name=op.f('ck_quarantine_resolution')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_quarantine_item_id_item')),
    sa.ForeignKeyConstraint(['item_version_id'], ['item_version.id'], name=op.f('fk_quarantine_item_version_id_item_version')),
    sa.ForeignKeyConstraint(['resolved_by'], ['person.id'], name=op.f('fk_quarantine_resolved_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantine')),
    sa.UniqueConstraint('item_version_id', 'law', 'article', 'old_version', name=op.f('uq_quarantine_item_version_id_law_article_old_version'))
    )
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quarantine_item_id'), ['item_id'], unique=False)
    op.create_table('review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('item_version_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('needed', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('new', 'edit', 'generated', 'amendment')", name=op.f('ck_review_kind')),
    sa.CheckConstraint("state in ('open', 'accepted', 'rejected')", name=op.f('ck_review_state')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_review_item_id_item')),
    sa.ForeignKeyConstraint(['item_version_id'], ['item_version.id'], name=op.f('fk_review_item_version_id_item_version')),
    sa.ForeignKeyConstraint(['opened_by'], ['person.id'], name=op.f('fk_review_opened_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review'))
    )
    with op.batch_alter_table('review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_item_id'), ['item_id'], unique=False)
        batch_op.create_index('ix_review_open', ['item_version_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.create_table('review_vote',
    sa.Column('review_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=6), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("verdict in ('accept', 'reject')", name=op.f('ck_review_vote_verdict')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_review_vote_person_id_person')),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_review_vote_review_id_review')),
    sa.PrimaryKeyConstraint('review_id', 'person_id', name=op.f('pk_review_vote'))
    )


def downgrade() -> None:
    op.drop_table('review_vote')
    op.drop_table('review')
    op.drop_table('quarantine')
    with op.batch_alter_table('item_version', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_item_version_author_id_person'), type_='foreignkey')
        batch_op.drop_column('author_id')
