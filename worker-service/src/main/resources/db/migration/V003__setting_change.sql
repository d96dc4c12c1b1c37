create table setting_change (
    topic_offset  bigint      not null constraint setting_change_pk primary key,
    setting       text        not null,
    value         jsonb       not null,
    set_by        text        not null,
    set_at        timestamptz not null
);
comment on table setting_change is 'Who has set what while the system ran; never changed';
comment on column setting_change.topic_offset is 'Place of the change in the topic sluice.settings; a change that is read twice counts once';
comment on column setting_change.setting is 'What was set, such as pool-limits/gpt-4o';
comment on column setting_change.value is 'What it was set to; JSON null means back to what is configured';
comment on column setting_change.set_by is 'User who set it';
comment on column setting_change.set_at is 'When, UTC';

create trigger setting_change_immutable_tg before update or delete on setting_change
    for each row execute function refuse_change();

create view setting_audit as
select
    set_at,
    set_by,
    setting,
    lag(value) over (partition by setting order by topic_offset) as value_from,
    value as value_to
from setting_change;
comment on view setting_audit is 'Each change with the value before it; null means what is configured';
