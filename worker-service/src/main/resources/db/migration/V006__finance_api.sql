-- What the finance API reads and does: the ledger row by row, quickly what somebody must look at, what
-- came of it, and what trimming saved.


-- What somebody decided

alter table usage_entry add column corrected_by text;
comment on column usage_entry.corrected_by is 'Who decided that this row is right, where its correction_reason is resolved';
comment on column usage_entry.correction_reason is 'settled_late: the provider''s count came after an estimate; priced_late: the rate card came after the entry; card_changed: the card that priced it turned out to have ended before; resolved: somebody has looked at counts that could not be believed';


-- What trimming left out

alter table usage_entry
    add column dropped_tokens  bigint          not null default 0,
    add column dropped_saved   numeric(30, 10) not null default 0;
comment on column usage_entry.dropped_tokens is 'Tokens of the conversation''s oldest turns, as counted here, that were left out of the input of this attempt';
comment on column usage_entry.dropped_saved is 'What dropped_tokens would have cost as fresh input, in currency: an estimate; 0 while there is no price';

alter table rollup_daily
    add column dropped_attempts  bigint  not null default 0,
    add column dropped_tokens    numeric not null default 0,
    add column dropped_saved     numeric not null default 0;
alter table rollup_monthly
    add column dropped_attempts  bigint  not null default 0,
    add column dropped_tokens    numeric not null default 0,
    add column dropped_saved     numeric not null default 0;

do $$
declare
    name text;
begin
    foreach name in array array['rollup_daily', 'rollup_monthly'] loop
        execute format('comment on column %I.dropped_attempts is %L', name, 'Attempts whose conversation was trimmed');
        execute format('comment on column %I.dropped_tokens is %L', name, 'Input tokens that were left out of them');
        execute format('comment on column %I.dropped_saved is %L', name, 'What these would have cost, in currency');
    end loop;
end $$;

create or replace function roll_up_usage() returns trigger
    language plpgsql security definer set search_path = ${flyway:defaultSchema}, pg_temp as
$$
declare
    rollup text[];
begin
    -- In the order of the key: two writers that touch the same sums never wait for each other in a circle.
    foreach rollup slice 1 in array array[['rollup_daily', 'day'], ['rollup_monthly', 'month']] loop
        execute format(
            $sql$
            insert into %1$I as r
            select
                date_trunc(%2$L, opened_at at time zone 'UTC')::date as period,
                user_id, team, project, model, priority, source, currency,
                sum(sign),
                sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens),
                sum(output_tokens), sum(reasoning_tokens), sum(input_audio_tokens), sum(output_audio_tokens),
                sum(saved_input_tokens), sum(saved_output_tokens),
                coalesce(sum(cost), 0), coalesce(sum(saved), 0),
                coalesce(sum(sign) filter (where estimated), 0),
                coalesce(sum(cost) filter (where estimated), 0),
                coalesce(sum(sign) filter (where rate_card_id is null), 0),
                coalesce(sum(sign) filter (where suspect is not null), 0),
                coalesce(sum(sign) filter (where dropped_tokens <> 0), 0),
                sum(dropped_tokens), sum(dropped_saved)
            from (select *, case when reverses is null then 1 else -1 end as sign from inserted) rows
            group by period, user_id, team, project, model, priority, source, currency
            order by period, user_id, team, project, model, priority, source, currency
            on conflict (%2$I, user_id, team, project, model, priority, source, currency) do update set
                attempts = r.attempts + excluded.attempts,
                input_tokens = r.input_tokens + excluded.input_tokens,
                cached_input_tokens = r.cached_input_tokens + excluded.cached_input_tokens,
                cache_write_tokens = r.cache_write_tokens + excluded.cache_write_tokens,
                output_tokens = r.output_tokens + excluded.output_tokens,
                reasoning_tokens = r.reasoning_tokens + excluded.reasoning_tokens,
                input_audio_tokens = r.input_audio_tokens + excluded.input_audio_tokens,
                output_audio_tokens = r.output_audio_tokens + excluded.output_audio_tokens,
                saved_input_tokens = r.saved_input_tokens + excluded.saved_input_tokens,
                saved_output_tokens = r.saved_output_tokens + excluded.saved_output_tokens,
                cost = r.cost + excluded.cost,
                saved = r.saved + excluded.saved,
                estimated_attempts = r.estimated_attempts + excluded.estimated_attempts,
                estimated_cost = r.estimated_cost + excluded.estimated_cost,
                unpriced_attempts = r.unpriced_attempts + excluded.unpriced_attempts,
                suspect_attempts = r.suspect_attempts + excluded.suspect_attempts,
                dropped_attempts = r.dropped_attempts + excluded.dropped_attempts,
                dropped_tokens = r.dropped_tokens + excluded.dropped_tokens,
                dropped_saved = r.dropped_saved + excluded.dropped_saved
            $sql$,
            rollup[1], rollup[2]);
    end loop;
    return null;
end
$$;

create or replace view attempt_cost as
select
    request_id, attempt, user_id, team, project, tags, model, service_tier, priority, source, of_request_id,
    input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    input_audio_tokens, output_audio_tokens, saved_input_tokens, saved_cached_input_tokens, saved_output_tokens,
    cost, saved, currency, rate_card_id, estimated, suspect, outcome, error_code,
    kind = 'correction' as corrected, opened_at, settled_at, written_at,
    dropped_tokens, dropped_saved, corrected_by
from usage_entry standing
where reverses is null
    and not exists (
        select from usage_entry later
        where later.request_id = standing.request_id
            and later.attempt = standing.attempt
            and later.opened_at = standing.opened_at
            and later.reverses = standing.entry
    );

drop view savings_daily;
create view savings_daily as
select
    day, user_id, team, project, model, priority, source, currency, attempts as answers,
    saved_input_tokens, saved_output_tokens, saved, unpriced_attempts as unpriced_answers
from rollup_daily
where source <> 'provider'
union all
select
    day, user_id, team, project, model, priority, 'trimming', currency, dropped_attempts,
    dropped_tokens, 0, dropped_saved, 0
from rollup_daily
where source = 'provider' and dropped_attempts <> 0;
comment on view savings_daily is 'What was saved, by day (UTC) and source: answers that were used again (cache, coalesced), and turns of long conversations that were not sent (trimming, an estimate)';
grant select on savings_daily to sluice_finance;


-- Row by row

create index usage_entry_suspect_ix on usage_entry (opened_at) where suspect is not null;
create index usage_entry_estimated_ix on usage_entry (opened_at) where estimated;

create view ledger_entry as
select
    request_id, attempt, entry, kind, reverses, correction_reason, corrected_by, user_id, team, project, tags,
    model, service_tier, priority, source, of_request_id,
    input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    input_audio_tokens, output_audio_tokens, saved_input_tokens, saved_cached_input_tokens, saved_output_tokens,
    dropped_tokens, dropped_saved,
    cost, saved, currency, rate_card_id, estimated, suspect, outcome, error_code,
    opened_at, settled_at, written_at
from usage_entry;
comment on view ledger_entry is 'Every row of the ledger, corrections included: one takes back what was wrong, with the other sign, one says what is right. Every sum over all rows is right';

grant select on ledger_entry to sluice_finance;

-- What a column of a view means is what the column of its table means.
do $$
declare
    meant record;
begin
    for meant in
        select shown.relname as relation, shown_column.attname as name, max(col_description(read.oid, read_column.attnum)) as comment
        from (values
            ('ledger_entry', 'usage_entry'), ('attempt_cost', 'usage_entry'), ('cost_by_request', 'usage_entry'),
            ('unpriced_usage', 'usage_entry'), ('suspect_usage', 'usage_entry'),
            ('cost_daily', 'rollup_daily'), ('cost_monthly', 'rollup_monthly'), ('savings_daily', 'rollup_daily'),
            ('unsettled_attempt', 'attempt_opened'), ('rate_card_history', 'rate_card'),
            ('usage_set_aside', 'usage_dead_letter'), ('setting_audit', 'setting_change')
        ) as of_table(shown_name, read_name)
        join pg_class shown on shown.oid = to_regclass(shown_name)
        join pg_class read on read.oid = to_regclass(read_name)
        join pg_attribute shown_column on shown_column.attrelid = shown.oid and shown_column.attnum > 0
        join pg_attribute read_column on read_column.attrelid = read.oid and read_column.attname = shown_column.attname
        where col_description(shown.oid, shown_column.attnum) is null
            and col_description(read.oid, read_column.attnum) is not null
        group by shown.relname, shown_column.attname
    loop
        execute format('comment on column %I.%I is %L', meant.relation, meant.name, meant.comment);
    end loop;
end $$;
comment on column cost_by_request.attempts is 'Provider calls';
comment on column cost_by_request.suspect is 'Whether the counts of one of them cannot be believed';
comment on column savings_daily.source is 'cache, coalesced or trimming';
comment on column savings_daily.answers is 'Answers that were used again; of trimming, attempts that were trimmed';
comment on column savings_daily.saved is 'What they, or what was left out, would have cost, in currency';
comment on column savings_daily.unpriced_answers is 'Those of them for which no rate card is in force';
comment on column setting_audit.value_from is 'What it was before; null means what is configured';
comment on column setting_audit.value_to is 'What it was set to; null means what is configured';
comment on column unpriced_usage.corrected is 'Whether it was corrected; ledger_entry has what it was before';
comment on column suspect_usage.corrected is 'Whether it was corrected; ledger_entry has what it was before';
