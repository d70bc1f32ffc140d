"""law library: laws, versions with their dates, articles, files read, search"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
KINDS = ("kind in ('constitution', 'law', 'administrative_regulation', 'judicial_interpretation', "
         "'department_rule', 'amendment', 'other')")


def upgrade() -> None:
    op.create_table('law',
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('issuer', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('aliases', JSON, nullable=False),
    sa.CheckConstraint(KINDS, name=op.f('ck_law_kind')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_law'))
    )
    # the laws whose dates are known already; the next build of the bank gives them their titles
    op.execute("insert into law (name, title, issuer, kind, aliases)"
               " select distinct law, law, '', 'other', '[]'" + ("::jsonb" if is_postgresql() else "") +
               " from law_version")
    with op.batch_alter_table('law_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('adopted', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('published', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('ended_by', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('article_count', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('registered', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('amended', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('repeals', JSON, nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('note', sa.String(length=500), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('imported_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_law_version_law_law'), 'law', ['law'], ['name'])
    with op.batch_alter_table('law_version', schema=None) as batch_op:
        for column in ('ended_by', 'registered', 'amended', 'repeals', 'note'):
            batch_op.alter_column(column, server_default=None)
    op.create_table('law_article',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('law', sa.String(length=120), nullable=False),
    sa.Column('version', sa.Date(), nullable=False),
    sa.Column('number', sa.String(length=12), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('path', JSON, nullable=False),
    sa.Column('text', sa.String(), nullable=True),
    sa.Column('fingerprint', sa.String(length=16), nullable=False),
    sa.Column('registered', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['law', 'version'], ['law_version.law', 'law_version.version'], name=op.f('fk_law_article_law_version_law_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_law_article')),
    sa.UniqueConstraint('law', 'version', 'number', name=op.f('uq_law_article_law_version_number'))
    )
    with op.batch_alter_table('law_article', schema=None) as batch_op:
        batch_op.create_index('ix_law_article_fingerprint', ['fingerprint'], unique=False)
    op.create_table('law_file',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=400), nullable=False),
    sa.Column('law', sa.String(length=120), nullable=False),
    sa.Column('version', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['law', 'version'], ['law_version.law', 'law_version.version'], name=op.f('fk_law_file_law_version_law_version')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_law_file'))
    )
    op.create_table('law_register',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_law_register'))
    )
    if is_postgresql():
        op.execute("create table law_search (article_id integer primary key references law_article (id) on delete cascade,"
                   " grams tsvector not null)")
        op.execute("create index ix_law_search_grams on law_search using gin (grams)")
    else:
        # pairs of characters, without their places: a third of the size, and words are proved on the text
        op.execute("create virtual table law_search using fts5(grams, content='', detail=none,"
                   " tokenize='unicode61')")


def downgrade() -> None:
    op.execute("drop table law_search")
    op.drop_table('law_register')
    op.drop_table('law_file')
    with op.batch_alter_table('law_article', schema=None) as batch_op:
        batch_op.drop_index('ix_law_article_fingerprint')
    op.drop_table('law_article')
    with op.batch_alter_table('law_version', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_law_version_law_law'), type_='foreignkey')
        for column in ('adopted', 'published', 'ended_by', 'article_count', 'registered', 'amended', 'repeals', 'note', 'imported_at'):
            batch_op.drop_column(column)
    op.drop_table('law')


def is_postgresql() -> bool:
    return op.get_bind().dialect.name == 'postgresql'
