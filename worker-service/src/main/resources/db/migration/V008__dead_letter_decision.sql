create table dead_letter_decision (
    letter      bigint      not null constraint dead_letter_decision_pk primary key,
    decision    text        not null constraint dead_letter_decision_decision_ck check (decision in ('redriven', 'discarded')),
    note        text,
    decided_by  text        not null,
    decided_at  timestamptz not null
);
comment on table dead_letter_decision is 'Who has decided what becomes of a dead letter; never changed';
comment on column dead_letter_decision.letter is 'Offset of the letter on the topic sluice.requests.dlt';
comment on column dead_letter_decision.decision is 'redriven: back on its lane; discarded: nobody wants it any more';
comment on column dead_letter_decision.note is 'Why it was discarded';
comment on column dead_letter_decision.decided_by is 'User who decided';
comment on column dead_letter_decision.decided_at is 'When, UTC';

create trigger dead_letter_decision_immutable_tg before update or delete on dead_letter_decision
    for each row execute function refuse_change();

grant select, insert on dead_letter_decision to sluice_writer;

create or replace view setting_audit as
select
    set_at,
    set_by,
    setting,
    lag(value) over (partition by setting order by topic_offset) as value_from,
    value as value_to
from setting_change
union all
select
    decided_at,
    decided_by,
    'dead-letter/' || letter,
    to_jsonb('open'::text),
    case decision when 'discarded' then jsonb_build_object(decision, note) else to_jsonb(decision) end
from dead_letter_decision;
