"""item statistics: what the analysis of an exam found, for its pages and for the making of forms"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0017'
down_revision = '0016'

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table(
        'exam_analysis',
        sa.Column('exam_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('state', sa.String(10), nullable=False),
        sa.Column('wanted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('computed_at', sa.DateTime(timezone=True)),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('waiting', sa.Integer(), nullable=False),
        sa.Column('timed', sa.Integer(), nullable=False),
        sa.Column('forms', JSON, nullable=False),
        sa.Column('slices', JSON, nullable=False),
        sa.CheckConstraint("state in ('wanted', 'queued', 'done')", name=op.f('ck_exam_analysis_state')),
        sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_exam_analysis_exam_id_exam'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('exam_id', name=op.f('pk_exam_analysis')),
    )
    op.create_table(
        'item_statistic',
        sa.Column('exam_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('item_version_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('part', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('kind', sa.String(12), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('forms', sa.Integer(), nullable=False),
        sa.Column('marks', sa.Double(), nullable=False),
        sa.Column('facility', sa.Double(), nullable=False),
        sa.Column('discrimination', sa.Double()),
        sa.Column('item_rest', sa.Double()),
        sa.Column('omitted', sa.Double(), nullable=False),
        sa.Column('groups', JSON, nullable=False),
        sa.Column('seconds', sa.Double()),
        sa.Column('timed', sa.Integer(), nullable=False),
        sa.Column('quick', sa.Integer(), nullable=False),
        sa.Column('model', sa.String(5), nullable=False),
        sa.Column('slope', sa.Double()),
        sa.Column('location', sa.Double()),
        sa.Column('expected', sa.Double()),
        sa.Column('flags', JSON, nullable=False),
        sa.Column('notes', JSON, nullable=False),
        sa.CheckConstraint("model in ('', 'rasch', '2pl')", name=op.f('ck_item_statistic_model')),
        sa.ForeignKeyConstraint(['exam_id'], ['exam_analysis.exam_id'], ondelete='CASCADE',
                                name=op.f('fk_item_statistic_exam_id_exam_analysis')),
        sa.ForeignKeyConstraint(['item_version_id'], ['item_version.id'],
                                name=op.f('fk_item_statistic_item_version_id_item_version')),
        sa.PrimaryKeyConstraint('exam_id', 'item_version_id', 'part', name=op.f('pk_item_statistic')),
    )
    op.create_index('ix_item_statistic_item_version_id', 'item_statistic', ['item_version_id'])
