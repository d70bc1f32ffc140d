"""The statements of the hot path, written by hand: starting, saving, handing in.

Each names the candidate in every table of the attempt side, so that one shard of a distributed database can do it
alone. They are put together from constants; what comes from outside goes in as parameters.
"""

from __future__ import annotations

from quizapp.db import told_to_sqlite
from quizapp.statement import Statement

# ---------------------------------------------------------------- saving

# a break whose length is used up has ended, whether or not anybody has said so
_BREAK_ENDS = {
    "postgresql": "a.break_started_at + make_interval(secs => a.break_left)",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', a.break_started_at, a.break_left || ' seconds') || '000'",
}
_VERDICT = """
    case
      when a.state = 'expired' then 'late'
      when a.state <> 'open' then 'closed'
      when a.epoch <> :epoch or a.client_id <> :client then 'taken'
      when a.deadline_at < :latest and (e.paused_at is null or a.deadline_at < e.paused_at) then 'late'
      when e.paused_at < :latest then 'paused'
      when a.break_started_at < :latest and :received < {break_ends} then 'paused'
      else ''
    end"""
LIVING = """(cast(:sign_in as text) is null or exists (
      select 1 from sign_in s where s.person_id = :candidate and s.token_hash = :sign_in
       and s.ended_at is null and s.expires_at > :received))"""
_GATE = f"""
  select a.deadline_at,
         coalesce(e.paused_at, case when :received < {{break_ends}} then a.break_started_at end) as paused_at,
         {_VERDICT} as refused
    from attempt a join exam e on e.id = a.exam_id
   where a.candidate_id = :candidate and a.id = :attempt and {LIVING}"""
_GATES = {dialect: _GATE.format(break_ends=ends) for dialect, ends in _BREAK_ENDS.items()}
_EVENT = "candidate_id, attempt_id, client_id, seq, position, response, flagged, seen, received_at, refused, digest"
_ANSWER = "candidate_id, attempt_id, position, seq, response, flagged, seen, saved_at"
_KEEP_NEWER = """
  on conflict (candidate_id, attempt_id, position) do update
    set seq = excluded.seq, response = excluded.response, flagged = excluded.flagged, seen = excluded.seen,
        saved_at = excluded.saved_at
  where answer.seq < excluded.seq
  returning position, seq"""

# what was refused once, as in a pause, and counts now, counts in the record as well; what counted stays as it was
_EVENT_KEY = "(candidate_id, attempt_id, client_id, seq, position)"
_COUNTS_NOW = "answer_event.refused <> '' and excluded.refused = ''"
_TAKEN_ANEW = ("response", "flagged", "seen", "received_at", "digest", "refused")

LOOK = Statement(**_GATES)
# `revision` is how handing in, which reads before it writes, notices a save that came in between
SAVE = Statement(postgresql=f"""
with gate as materialized ({_GATES["postgresql"]} for no key update of a),
sent as (
  select * from jsonb_to_recordset(:sent ::jsonb)
    as v(seq int, position int, response jsonb, flagged bool, seen bool, digest text, newest bool)),
events as (
  insert into answer_event ({_EVENT})
  select :candidate, :attempt, :client, seq, position, response, flagged, seen, :received, refused, digest
    from (select distinct on (seq, position) * from sent) once, gate
  on conflict {_EVENT_KEY} do update
    set {", ".join(f"{name} = excluded.{name}" for name in _TAKEN_ANEW)}
  where {_COUNTS_NOW}),
kept as (
  insert into answer ({_ANSWER})
  select :candidate, :attempt, position, seq, response, flagged, seen, :received
    from sent, gate where newest and refused = ''
  {_KEEP_NEWER}),
moved as (
  update attempt a set revision = a.revision + 1 from gate
   where a.candidate_id = :candidate and a.id = :attempt and gate.refused = '')
select gate.deadline_at, gate.paused_at, gate.refused, sent.position, coalesce(kept.seq, before.seq) as seq
  from gate
  left join sent on sent.newest and gate.refused = ''
  left join kept on kept.position = sent.position
  left join answer before on before.candidate_id = :candidate and before.attempt_id = :attempt
   and before.position = sent.position""")
_SENT = """(select value ->> 'seq' as seq, value ->> 'position' as position, value -> 'response' as response,
    value ->> 'flagged' as flagged, value ->> 'seen' as seen, value ->> 'digest' as digest,
    value ->> 'newest' as newest from json_each(:sent))"""
APPEND = Statement(sqlite=f"""
insert into answer_event ({_EVENT})
select :candidate, :attempt, :client, seq, position, response, flagged, seen, :received, refused, digest
  from ({_GATES["sqlite"]}), {_SENT} where true
on conflict {_EVENT_KEY} do update
  set {", ".join(f"{name} = case when {_COUNTS_NOW} then excluded.{name} else answer_event.{name} end" for name in _TAKEN_ANEW)}
returning (select json_array(deadline_at, paused_at, refused) from ({_GATES["sqlite"]})) as standing""")
KEEP = Statement(sqlite=f"""
insert into answer ({_ANSWER})
select :candidate, :attempt, position, seq, response, flagged, seen, :received from {_SENT} where newest
{_KEEP_NEWER}""")
STORED = Statement("select position, seq from answer where candidate_id = :candidate and attempt_id = :attempt")

# ---------------------------------------------------------------- starting

# working time in seconds, and by how much it may run past the end of the window, which besides is moved by the
# place of this person in a spread start (`shift`, milliseconds)
_SECONDS = "e.minutes * 60 * (100 + coalesce(c.extra_percent, 0)) / 100"
_PAST = "e.minutes * 60 * coalesce(c.extra_percent, 0) / 100"
_DEADLINE = {
    "postgresql": f"""least(cast(:received as timestamptz) + make_interval(secs => {_SECONDS}),
      e.closes_at + make_interval(secs => {_PAST} + :shift / 1000.0))""",
    "sqlite": f"""min(strftime('%Y-%m-%d %H:%M:%f', :received, ({_SECONDS}) || ' seconds') || '000',
      strftime('%Y-%m-%d %H:%M:%f', e.closes_at, ({_PAST} + :shift / 1000.0) || ' seconds') || '000')""",
}
# whoever moves the time of a whole exam changes its row first: on PostgreSQL a start either comes before and is
# moved with the others, or waits and begins by the new time. The line of the roster is looked at again as well: it may
# have been excused or taken off while the start was waiting
_AGAINST_MOVES = {"postgresql": "for share of e, r", "sqlite": ""}
_START = """
insert into attempt (candidate_id, id, exam_id, number, form_id, layout, state, epoch, client_id, started_at,
                     deadline_at, revision, break_left, needs_marking, receipt, signature)
select p.candidate_id, p.attempt_id, p.exam_id, p.number, p.form_id, p.layout, 'open', 1, '', :received,
       {deadline}, 0, coalesce(c.break_minutes, 0) * 60, false, '', ''
  from prepared_paper p
  join exam e on e.id = p.exam_id
  join roster_entry r on r.exam_id = p.exam_id and r.candidate_id = p.candidate_id
  left join accommodation c on c.exam_id = p.exam_id and c.candidate_id = p.candidate_id
 where p.candidate_id = :candidate and p.exam_id = :exam
   and e.state = 'published' and e.kind = 'online' and r.status = 'expected'
   and e.opens_at <= :received and :received < e.closes_at and e.paused_at is null
   and p.number = 1 + coalesce((select max(number) from attempt where candidate_id = :candidate and exam_id = :exam), 0)
   and e.attempts_allowed > (select count(*) from attempt
                              where candidate_id = :candidate and exam_id = :exam and state <> 'void')
   and not exists (select 1 from attempt where candidate_id = :candidate and exam_id = :exam and state = 'open')
   and not exists (select 1 from result where candidate_id = :candidate and exam_id = :exam and source = 'paper')
   and {living}
{lock}
on conflict do nothing
returning id"""
START = Statement(**{
    dialect: _START.format(deadline=deadline, living=LIVING, lock=_AGAINST_MOVES[dialect])
    for dialect, deadline in _DEADLINE.items()
})
OPEN = Statement(f"""
select id from attempt where candidate_id = :candidate and exam_id = :exam and state = 'open'
   and deadline_at > :received and {LIVING}""")
# what waiting pages ask now and then
AHEAD = Statement(f"""
select opens_at, closes_at, paused_at from exam where id = :exam and state = 'published' and {LIVING}""")
TIME = Statement(f"""
select a.state, a.deadline_at, a.break_started_at, a.break_left, e.paused_at, e.grace_seconds
  from attempt a join exam e on e.id = a.exam_id
 where a.candidate_id = :candidate and a.id = :attempt and {LIVING}""")
_OWN = "where candidate_id = :candidate and id = :attempt and state = 'open'"
CLAIM = Statement(f"""
update attempt set client_id = :client {_OWN} and client_id in ('', :client) and {LIVING} returning epoch""")
TAKE_OVER = Statement(f"""
update attempt set epoch = epoch + case when client_id = :client then 0 else 1 end, client_id = :client
 {_OWN} and {LIVING} returning epoch""")

# ---------------------------------------------------------------- handing in

READ = Statement(f"""
select a.candidate_id, a.id, a.exam_id, a.number, a.form_id, a.state, a.epoch, a.client_id, a.deadline_at,
       a.finished_at, a.revision, a.receipt, a.break_started_at, a.break_left, e.grace_seconds, e.paused_at,
       e.multiple_rule, e.score_rule,
       f.content_hash,
       (select {{collect}}({{array}}(position, seq, {{embedded}}(response))) from answer
         where candidate_id = :candidate and attempt_id = :attempt) as answers,
       (select {{collect}}({{array}}(digest, received_at)) from answer_event
         where candidate_id = :candidate and attempt_id = :attempt and refused = '') as events,
       (select {{collect}}({{array}}(id, number, score, finished_at)) from attempt
         where candidate_id = :candidate and exam_id = a.exam_id and id <> :attempt and finished_at is not null
           and state <> 'void') as others
  from attempt a join exam e on e.id = a.exam_id join form f on f.id = a.form_id
 where a.candidate_id = :candidate and a.id = :attempt and {LIVING}""")
_CLOSE = """
  update attempt
     set state = {state}, finished_at = {finished}, score = {score}, needs_marking = {needs_marking},
         receipt = {receipt}, signature = {signature}, break_started_at = null
   where candidate_id = {candidate} and id = {attempt} and state = 'open' and revision = {revision}
     and epoch = {epoch} and deadline_at = {deadline}"""
_MARK = """
  update answer set score = v.score from {marks}
   where answer.candidate_id = {candidate} and answer.attempt_id = {attempt} and answer.position = v.position"""
_COUNT = """
  insert into result (candidate_id, exam_id, source, attempt_id, attempts, score, sat_at)
  select {candidate}, {exam}, 'online', {counting}, {attempts}, {counted}, {sat_at} from {closed}
  on conflict (candidate_id, exam_id) do update
    set attempt_id = excluded.attempt_id, attempts = excluded.attempts, score = excluded.score,
        sat_at = excluded.sat_at
  where result.source = 'online'"""
_GIVEN = ("candidate", "attempt", "exam", "state", "finished", "score", "needs_marking", "receipt", "signature",
          "revision", "epoch", "deadline", "scores", "counting", "attempts", "counted", "sat_at")
_SENT_IN = {name: f":{name}" for name in _GIVEN}
_HANDED = {name: f"new.{name}" for name in _GIVEN}
_MARKS = {
    "postgresql": "done, jsonb_to_recordset(:scores ::jsonb) as v(position int, score int)",
    "sqlite": """(select value ->> 'position' as position, value ->> 'score' as score
      from json_each(new.scores)) v""",
}
# a row where the attempt was closed, none where something has moved since it was read
WRITE = Statement(postgresql=f"""
with done as ({_CLOSE.format_map(_SENT_IN)} returning candidate_id),
marked as ({_MARK.format(marks=_MARKS["postgresql"], **_SENT_IN)}),
counted as ({_COUNT.format(closed="done", **_SENT_IN)})
select 1 from done""", sqlite=f"""
insert into temp.handing_in ({", ".join(_GIVEN)}) values ({", ".join(_SENT_IN.values())}) returning 1""")
# SQLite writes one table a statement: the row goes to a view, whose trigger writes the three
told_to_sqlite(f"""
create temp view handing_in /* SQLite alone */ as select {", ".join(f"null as {name}" for name in _GIVEN)}""", f"""
create temp trigger handing_in_writes /* SQLite alone */ instead of insert on handing_in begin
{_CLOSE.format_map(_HANDED)};
  select raise(ignore) where changes() = 0;
{_MARK.format(marks=_MARKS["sqlite"], **_HANDED)};
{_COUNT.format(closed="(select 1) where true", **_HANDED)};
end""")
CLAIM_OVERDUE = Statement(postgresql="""
select 1 from attempt where candidate_id = :candidate and id = :attempt and state = 'open'
   for no key update skip locked""", sqlite="""
select 1 from attempt where candidate_id = :candidate and id = :attempt and state = 'open'""")
