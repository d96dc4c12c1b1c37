-- The ledger as finance needs it: by month, immutable, summed up as it is written, each role with no
-- more rights than its work takes.

do $$ begin
    if to_regrole('sluice_writer') is null or to_regrole('sluice_finance') is null then
        raise exception 'the roles sluice_writer and sluice_finance are missing: make them as infra/compose/postgres-init.sh does';
    end if;
end $$;

drop view request_cost, unpriced_usage, unsettled_attempt;


-- Rate cards: any currency, long contexts, where a price comes from

alter table rate_card rename column input_usd to input_price;
alter table rate_card rename column cached_input_usd to cached_input_price;
alter table rate_card rename column cache_write_usd to cache_write_price;
alter table rate_card rename column output_usd to output_price;
alter table rate_card rename constraint rate_card_input_usd_ck to rate_card_input_price_ck;
alter table rate_card rename constraint rate_card_cached_input_usd_ck to rate_card_cached_input_price_ck;
alter table rate_card rename constraint rate_card_cache_write_usd_ck to rate_card_cache_write_price_ck;
alter table rate_card rename constraint rate_card_output_usd_ck to rate_card_output_price_ck;

alter table rate_card
    add column version                  integer         not null default 1 constraint rate_card_version_ck check (version >= 1),
    add column currency                 text            not null default 'USD' constraint rate_card_currency_ck check (currency ~ '^[A-Z]{3}$'),
    add column long_context_above       bigint          constraint rate_card_long_context_above_ck check (long_context_above > 0),
    add column long_input_price         numeric(18, 10) constraint rate_card_long_input_price_ck check (long_input_price >= 0),
    add column long_cached_input_price  numeric(18, 10) constraint rate_card_long_cached_input_price_ck check (long_cached_input_price >= 0),
    add column long_cache_write_price   numeric(18, 10) constraint rate_card_long_cache_write_price_ck check (long_cache_write_price >= 0),
    add column long_output_price        numeric(18, 10) constraint rate_card_long_output_price_ck check (long_output_price >= 0),
    add column source                   text            not null default 'OpenAI''s public pricing page',
    add column source_date              date            not null default '2026-10-03',
    add column valid_from               timestamptz     generated always as (lower(valid)) stored,
    add column valid_until              timestamptz     generated always as (upper(valid)) stored;

-- Tokens written to the cache are part of the input: where they have no price of their own they cost
-- what input costs. The first cards said 0, which was right only while nobody wrote any.
update rate_card set cache_write_price = input_price where cache_write_price = 0;

alter table rate_card alter column version drop default;
alter table rate_card alter column currency drop default;
alter table rate_card alter column source drop default;
alter table rate_card alter column source_date drop default;
alter table rate_card
    add constraint rate_card_version_uq unique (model, service_tier, version),
    add constraint rate_card_valid_from_ck check (not lower_inf(valid) and lower_inc(valid) and not upper_inc(valid)),
    add constraint rate_card_long_ck check (
        num_nonnulls(long_context_above, long_input_price, long_cached_input_price, long_cache_write_price, long_output_price) in (0, 5)
    );

comment on column rate_card.service_tier is 'Tier that the response names: default, flex, priority, batch';
comment on column rate_card.input_price is 'Price of 1,000,000 input tokens that were neither cached nor written to the cache, in currency';
comment on column rate_card.cached_input_price is 'Price of 1,000,000 input tokens that the provider had cached, in currency';
comment on column rate_card.cache_write_price is 'Price of 1,000,000 input tokens written to the provider''s cache, in currency';
comment on column rate_card.output_price is 'Price of 1,000,000 output tokens, reasoning included, in currency';
comment on column rate_card.version is 'Number of the card of its model and tier, from 1, in the order in which they were added';
comment on column rate_card.currency is 'ISO 4217 code that the prices are in';
comment on column rate_card.long_context_above is 'An attempt with more input tokens than this costs the long prices, all of it; null where length does not matter';
comment on column rate_card.long_input_price is 'input_price above long_context_above';
comment on column rate_card.long_cached_input_price is 'cached_input_price above long_context_above';
comment on column rate_card.long_cache_write_price is 'cache_write_price above long_context_above';
comment on column rate_card.long_output_price is 'output_price above long_context_above';
comment on column rate_card.source is 'Where the prices were read';
comment on column rate_card.source_date is 'When they were read there';
comment on column rate_card.valid_from is 'First moment at which the card is in force, UTC';
comment on column rate_card.valid_until is 'First moment at which it is not any more, UTC; null while it is the last one';

create function refuse_new_price() returns trigger language plpgsql as
$$ begin
    if tg_op = 'DELETE' then
        raise exception 'a rate card stays: end its range instead';
    end if;
    if new.valid <@ old.valid and lower(new.valid) = lower(old.valid)
        and to_jsonb(new) - '{valid,valid_from,valid_until}'::text[] = to_jsonb(old) - '{valid,valid_from,valid_until}'::text[]
    then
        return new;
    end if;
    raise exception 'a rate card is not changed in place: end its range and add a card';
end $$;

create trigger rate_card_immutable_tg before update or delete on rate_card
    for each row execute function refuse_new_price();


-- Attempts opened

alter table attempt_opened drop constraint attempt_opened_input_tokens_ck;
alter table attempt_opened
    add column tags      jsonb       not null default '{}',
    add column priority  text        not null default 'unknown',
    add column deadline  timestamptz;
update attempt_opened set deadline = opened_at + interval '1 hour';
alter table attempt_opened alter column deadline set not null;
alter table attempt_opened alter column tags drop default;
alter table attempt_opened alter column priority drop default;
comment on column attempt_opened.tags is 'The caller''s own labels';
comment on column attempt_opened.priority is 'Priority of the lane: interactive, background; unknown where an older build opened it';
comment on column attempt_opened.deadline is 'Nobody works on the request after this, UTC';

create trigger attempt_opened_immutable_tg before update or delete on attempt_opened
    for each row execute function refuse_change();

create table attempt_unsettled (
    request_id  text        not null,
    attempt     integer     not null,
    deadline    timestamptz not null,
    constraint attempt_unsettled_pk primary key (request_id, attempt)
);
create index attempt_unsettled_deadline_ix on attempt_unsettled (deadline);
comment on table attempt_unsettled is 'Keys of the attempts in attempt_opened that have no usage entry; kept by triggers, so that looking for lost attempts stays cheap';
comment on column attempt_unsettled.request_id is 'Response id';
comment on column attempt_unsettled.attempt is 'Number of the call for this request, from 1';
comment on column attempt_unsettled.deadline is 'Nobody works on the request after this, UTC';


-- Usage entries

alter table usage_entry rename to usage_entry_before;
alter table usage_entry_before drop constraint usage_entry_pk;
drop index usage_entry_user_ix, usage_entry_opened_at_ix;

create table usage_key (
    request_id  text        not null,
    attempt     integer     not null,
    entry       integer     not null,
    opened_at   timestamptz not null,
    estimated   boolean     not null,
    constraint usage_key_pk primary key (request_id, attempt, entry)
);
comment on table usage_key is 'Key of every row of usage_entry: what is in here is in the ledger, so an event that comes twice counts once. Not partitioned, as a key is unique over all months';
comment on column usage_key.request_id is 'Response id';
comment on column usage_key.attempt is 'Number of the provider call for this request, from 1; 0 is an answer that needed none';
comment on column usage_key.entry is 'Number of the row of this attempt, from 0';
comment on column usage_key.opened_at is 'Month in which the row is found';
comment on column usage_key.estimated is 'Whether the row is an estimate, which the provider''s own count may still replace';

create trigger usage_key_immutable_tg before update or delete on usage_key
    for each row execute function refuse_change();

create table usage_entry (
    request_id           text            not null,
    attempt              integer         not null constraint usage_entry_attempt_ck check (attempt >= 0),
    entry                integer         not null constraint usage_entry_entry_ck check (entry >= 0),
    kind                 text            not null constraint usage_entry_kind_ck check (kind in ('usage', 'correction')),
    reverses             integer,
    correction_reason    text,
    user_id              text            not null,
    team                 text            not null,
    project              text            not null,
    tags                 jsonb           not null,
    model                text            not null,
    service_tier         text            not null,
    priority             text            not null constraint usage_entry_priority_ck check (priority in ('interactive', 'background', 'unknown')),
    source               text            not null constraint usage_entry_source_ck check (source in ('provider', 'cache', 'coalesced')),
    of_request_id        text,
    input_tokens         bigint          not null,
    cached_input_tokens  bigint          not null,
    cache_write_tokens   bigint          not null,
    output_tokens        bigint          not null,
    reasoning_tokens     bigint          not null,
    input_audio_tokens   bigint          not null,
    output_audio_tokens  bigint          not null,
    saved_input_tokens   bigint          not null,
    saved_cached_input_tokens bigint     not null,
    saved_output_tokens  bigint          not null,
    cost                 numeric(30, 10),
    saved                numeric(30, 10),
    currency             text            not null constraint usage_entry_currency_ck check (currency ~ '^[A-Z]{3}$'),
    rate_card_id         bigint          constraint usage_entry_rate_card_fk references rate_card (id),
    estimated            boolean         not null,
    suspect              text,
    outcome              text            not null,
    error_code           text,
    opened_at            timestamptz     not null,
    settled_at           timestamptz     not null,
    written_at           timestamptz     not null default now(),
    constraint usage_entry_pk primary key (request_id, attempt, entry, opened_at),
    constraint usage_entry_correction_ck check ((kind = 'usage') = (entry = 0) and (kind = 'usage') = (correction_reason is null)),
    constraint usage_entry_reverses_ck check (reverses is null or (kind = 'correction' and reverses < entry)),
    constraint usage_entry_source_attempt_ck check ((source = 'provider') = (attempt > 0)),
    constraint usage_entry_priced_ck check (
        case
            when source = 'provider' then (cost is null) = (rate_card_id is null) and saved = 0
            else cost = 0 and (saved is null) = (rate_card_id is null)
        end
    )
) partition by range (opened_at);
create index usage_entry_user_ix on usage_entry (user_id, opened_at);
create index usage_entry_opened_at_ix on usage_entry (opened_at);
create index usage_entry_rate_card_ix on usage_entry (rate_card_id, opened_at);

comment on table usage_entry is 'One row for each attempt that ended, priced, and two for each correction: one takes back what was wrong, one says what is right. Never changed; every sum over all rows is right. By month of opened_at, UTC';
comment on column usage_entry.request_id is 'Response id, the same as on the wire and in the logs';
comment on column usage_entry.attempt is 'Number of the provider call for this request, from 1; 0 is an answer that needed none';
comment on column usage_entry.entry is 'Number of the row of this attempt: 0 is what was settled first, then two for each correction';
comment on column usage_entry.kind is 'usage: settled; correction: takes back or replaces an earlier row of the attempt';
comment on column usage_entry.reverses is 'Entry of the same attempt that this row takes back: its counts and money with the other sign; null in rows that stand for themselves';
comment on column usage_entry.correction_reason is 'settled_late: the provider''s count came after an estimate; priced_late: the rate card came after the entry; card_changed: the card that priced it turned out to have ended before';
comment on column usage_entry.user_id is 'Who asked';
comment on column usage_entry.team is 'Who pays';
comment on column usage_entry.project is 'The caller''s label project, empty where there is none';
comment on column usage_entry.tags is 'The caller''s own labels';
comment on column usage_entry.model is 'Model that answered, as the provider names it; the one asked for where none did';
comment on column usage_entry.service_tier is 'Tier that the response names; it sets the price';
comment on column usage_entry.priority is 'Priority of the lane: interactive, background; unknown where an older build made the call';
comment on column usage_entry.source is 'provider: a call was made; cache, coalesced: an answer was used again, and no call made';
comment on column usage_entry.of_request_id is 'Request whose answer was used again';
comment on column usage_entry.input_tokens is 'All input tokens, cached ones and those written to the cache included, as told, however absurd (see suspect)';
comment on column usage_entry.cached_input_tokens is 'Input tokens that the provider had cached';
comment on column usage_entry.cache_write_tokens is 'Input tokens written to the provider''s cache';
comment on column usage_entry.output_tokens is 'All output tokens, reasoning included';
comment on column usage_entry.reasoning_tokens is 'Output tokens spent on reasoning';
comment on column usage_entry.input_audio_tokens is 'Input tokens of audio';
comment on column usage_entry.output_audio_tokens is 'Output tokens of audio';
comment on column usage_entry.saved_input_tokens is 'Input tokens that a call would have used, where an answer was used again';
comment on column usage_entry.saved_cached_input_tokens is 'Those of saved_input_tokens that the provider had cached when the answer was made';
comment on column usage_entry.saved_output_tokens is 'Output tokens that a call would have used, where an answer was used again';
comment on column usage_entry.cost is 'Cost in currency, half-even to 10 decimals; null where it has no price yet, see the views unpriced_usage and suspect_usage';
comment on column usage_entry.saved is 'What the answer would have cost, in currency, where one was used again; null where it has no price yet';
comment on column usage_entry.currency is 'ISO 4217 code of the rate card; USD while there is none';
comment on column usage_entry.rate_card_id is 'Card that cost or saved was computed from: the one in force at opened_at';
comment on column usage_entry.estimated is 'True where the provider did not say and the tokens were counted here';
comment on column usage_entry.suspect is 'Why the counts cannot be believed: negative_count, cached_above_input, reasoning_above_output, count_above_10m, count_not_told; null where they can. All but the last are kept without a price';
comment on column usage_entry.outcome is 'completed, incomplete, failed, refused, cancelled, lost, or reused';
comment on column usage_entry.error_code is 'Why the attempt failed';
comment on column usage_entry.opened_at is 'When the call was about to be made, or the answer used again, UTC';
comment on column usage_entry.settled_at is 'When the call had ended, UTC';
comment on column usage_entry.written_at is 'When the row was written, UTC: later than a closed month for a correction of it';

create trigger usage_entry_immutable_tg before update or delete on usage_entry
    for each row execute function refuse_change();
create trigger usage_entry_not_truncated_tg before truncate on usage_entry
    for each statement execute function refuse_change();

create table usage_entry_default partition of usage_entry default;
comment on table usage_entry_default is 'Rows of months that have no partition: nothing is refused. They move into one as soon as usage_partitions_ahead makes it';

create function usage_partitions_ahead(months_ahead integer) returns integer
    language plpgsql security definer set search_path = ${flyway:defaultSchema}, pg_temp as
$$
declare
    this_month  constant timestamp := date_trunc('month', now() at time zone 'UTC');
    months      timestamp[];
    month       timestamp;
    name        text;
    starts      text;
    ends        text;
    made        integer := 0;
begin
    perform pg_advisory_xact_lock(hashtext('usage_partitions_ahead'));
    months := array(
        select generate_series(this_month, this_month + make_interval(months => months_ahead), interval '1 month')
        union
        select date_trunc('month', opened_at at time zone 'UTC') from usage_entry_default
        -- A clock that is years off makes no partitions; its rows stay where they are.
        where opened_at >= now() - interval '5 years' and opened_at < now() + make_interval(months => months_ahead)
        order by 1
    );
    foreach month in array months loop
        name := 'usage_entry_' || to_char(month, 'YYYY_MM');
        continue when to_regclass(name) is not null;
        starts := to_char(month, 'YYYY-MM-DD') || ' 00:00+00';
        ends := to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00+00';
        execute format('create table %I (like usage_entry including all)', name);
        execute format('comment on table %I is %L', name, 'Rows of usage_entry of ' || to_char(month, 'YYYY-MM'));
        -- Moved as they are: nothing is written anew, so nothing is summed up twice.
        alter table usage_entry_default disable trigger usage_entry_immutable_tg;
        execute format(
            'with moved as (delete from usage_entry_default where opened_at >= %L and opened_at < %L returning *)
             insert into %I select * from moved', starts, ends, name);
        alter table usage_entry_default enable trigger usage_entry_immutable_tg;
        execute format('alter table usage_entry attach partition %I for values from (%L) to (%L)', name, starts, ends);
        made := made + 1;
    end loop;
    return made;
end
$$;
comment on function usage_partitions_ahead(integer) is 'Makes the partitions of usage_entry for this month and the next ones, and for months that have rows in the default partition; how many it made';


-- Sums, kept as rows come in

create table rollup_daily (
    day                  date    not null,
    user_id              text    not null,
    team                 text    not null,
    project              text    not null,
    model                text    not null,
    priority             text    not null,
    source               text    not null,
    currency             text    not null,
    attempts             bigint  not null,
    input_tokens         numeric not null,
    cached_input_tokens  numeric not null,
    cache_write_tokens   numeric not null,
    output_tokens        numeric not null,
    reasoning_tokens     numeric not null,
    input_audio_tokens   numeric not null,
    output_audio_tokens  numeric not null,
    saved_input_tokens   numeric not null,
    saved_output_tokens  numeric not null,
    cost                 numeric not null,
    saved                numeric not null,
    estimated_attempts   bigint  not null,
    estimated_cost       numeric not null,
    unpriced_attempts    bigint  not null,
    suspect_attempts     bigint  not null,
    constraint rollup_daily_pk primary key (day, user_id, team, project, model, priority, source, currency)
);
create table rollup_monthly (like rollup_daily including all);
alter table rollup_monthly rename column day to month;
alter index rollup_monthly_pkey rename to rollup_monthly_pk;

do $$
declare
    name text;
begin
    foreach name in array array['rollup_daily', 'rollup_monthly'] loop
        execute format('comment on table %I is %L', name, 'Sums of usage_entry, kept by a trigger in the transaction that writes the rows; read the views cost_* and savings_daily');
        execute format('comment on column %I.user_id is %L', name, 'Who asked');
        execute format('comment on column %I.team is %L', name, 'Who pays');
        execute format('comment on column %I.project is %L', name, 'The caller''s label project, empty where there is none');
        execute format('comment on column %I.model is %L', name, 'Model that answered');
        execute format('comment on column %I.priority is %L', name, 'Priority of the lane');
        execute format('comment on column %I.source is %L', name, 'provider, cache or coalesced');
        execute format('comment on column %I.currency is %L', name, 'ISO 4217 code of cost and saved');
        execute format('comment on column %I.attempts is %L', name, 'Provider calls, or answers used again');
        execute format('comment on column %I.input_tokens is %L', name, 'All input tokens');
        execute format('comment on column %I.cached_input_tokens is %L', name, 'Input tokens that the provider had cached');
        execute format('comment on column %I.cache_write_tokens is %L', name, 'Input tokens written to the provider''s cache');
        execute format('comment on column %I.output_tokens is %L', name, 'All output tokens, reasoning included');
        execute format('comment on column %I.reasoning_tokens is %L', name, 'Output tokens spent on reasoning');
        execute format('comment on column %I.input_audio_tokens is %L', name, 'Input tokens of audio');
        execute format('comment on column %I.output_audio_tokens is %L', name, 'Output tokens of audio');
        execute format('comment on column %I.saved_input_tokens is %L', name, 'Input tokens of calls that were not needed');
        execute format('comment on column %I.saved_output_tokens is %L', name, 'Output tokens of calls that were not needed');
        execute format('comment on column %I.cost is %L', name, 'Cost of what has a price, in currency');
        execute format('comment on column %I.saved is %L', name, 'What answers used again would have cost, in currency');
        execute format('comment on column %I.estimated_attempts is %L', name, 'Attempts whose tokens were counted here');
        execute format('comment on column %I.estimated_cost is %L', name, 'Part of cost that is an estimate');
        execute format('comment on column %I.unpriced_attempts is %L', name, 'Attempts that have no price yet, suspect ones included');
        execute format('comment on column %I.suspect_attempts is %L', name, 'Attempts whose counts cannot be believed');
    end loop;
end $$;
comment on column rollup_daily.day is 'Day of opened_at, UTC';
comment on column rollup_monthly.month is 'First day of the month of opened_at, UTC';

create function roll_up_usage() returns trigger
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
                coalesce(sum(sign) filter (where suspect is not null), 0)
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
                suspect_attempts = r.suspect_attempts + excluded.suspect_attempts
            $sql$,
            rollup[1], rollup[2]);
    end loop;
    return null;
end
$$;
create trigger usage_entry_roll_up_tg after insert on usage_entry
    referencing new table as inserted
    for each statement execute function roll_up_usage();

-- By the keys, always: a plan that was made while the tables were empty would read them whole, and stay.
create function note_unsettled() returns trigger
    language plpgsql security definer set search_path = ${flyway:defaultSchema}, pg_temp
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as
$$ begin
    insert into attempt_unsettled (request_id, attempt, deadline)
    select request_id, attempt, deadline from inserted
    where not exists (
        select from usage_key settled
        where settled.request_id = inserted.request_id and settled.attempt = inserted.attempt
    )
    on conflict do nothing;
    return null;
end $$;
create trigger attempt_opened_unsettled_tg after insert on attempt_opened
    referencing new table as inserted
    for each statement execute function note_unsettled();

create function note_settled() returns trigger
    language plpgsql security definer set search_path = ${flyway:defaultSchema}, pg_temp
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as
$$ begin
    delete from attempt_unsettled unsettled using inserted
    where unsettled.request_id = inserted.request_id and unsettled.attempt = inserted.attempt;
    return null;
end $$;
create trigger usage_key_settled_tg after insert on usage_key
    referencing new table as inserted
    for each statement execute function note_settled();


-- Events that cannot be written down

create table usage_dead_letter (
    topic         text        not null,
    partition     integer     not null,
    topic_offset  bigint      not null,
    key           bytea,
    value         bytea,
    reason        text        not null,
    set_aside_at  timestamptz not null,
    constraint usage_dead_letter_pk primary key (topic, partition, topic_offset)
);
comment on table usage_dead_letter is 'Usage events that could not be written down, byte for byte, so that those behind them could';
comment on column usage_dead_letter.topic is 'Where it came from';
comment on column usage_dead_letter.partition is 'Partition of the topic';
comment on column usage_dead_letter.topic_offset is 'Place in the partition';
comment on column usage_dead_letter.key is 'Key of the record: the response id, if it is one of ours';
comment on column usage_dead_letter.value is 'The event as it came';
comment on column usage_dead_letter.reason is 'Why it could not be written down';
comment on column usage_dead_letter.set_aside_at is 'When, UTC';

create trigger usage_dead_letter_immutable_tg before update or delete on usage_dead_letter
    for each row execute function refuse_change();


-- What was written before

do $$
declare
    month timestamp;
begin
    for month in select distinct date_trunc('month', opened_at at time zone 'UTC') from usage_entry_before loop
        execute format(
            'create table %I partition of usage_entry for values from (%L) to (%L)',
            'usage_entry_' || to_char(month, 'YYYY_MM'),
            to_char(month, 'YYYY-MM-DD') || ' 00:00+00',
            to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00+00');
    end loop;
end $$;

insert into usage_key (request_id, attempt, entry, opened_at, estimated)
select request_id, attempt, 0, opened_at, estimated from usage_entry_before;

insert into usage_entry (
    request_id, attempt, entry, kind, user_id, team, project, tags, model, service_tier, priority, source,
    input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    input_audio_tokens, output_audio_tokens, saved_input_tokens, saved_cached_input_tokens, saved_output_tokens,
    cost, saved, currency, rate_card_id, estimated, outcome, error_code, opened_at, settled_at, written_at)
select
    request_id, attempt, 0, 'usage', user_id, team, coalesce(tags ->> 'project', ''), tags, model, service_tier, 'unknown', 'provider',
    input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    0, 0, 0, 0, 0,
    cost, 0, currency, rate_card_id, estimated, outcome, error_code, opened_at, settled_at, settled_at
from usage_entry_before
where attempt > 0;

drop table usage_entry_before;

insert into attempt_unsettled (request_id, attempt, deadline)
select request_id, attempt, deadline from attempt_opened opened
where not exists (
    select from usage_key settled
    where settled.request_id = opened.request_id and settled.attempt = opened.attempt
);

do $$ begin perform usage_partitions_ahead(3); end $$;
