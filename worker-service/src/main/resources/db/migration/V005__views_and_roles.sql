-- What people read, and who may do what.

create view attempt_cost as
select
    request_id, attempt, user_id, team, project, tags, model, service_tier, priority, source, of_request_id,
    input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    input_audio_tokens, output_audio_tokens, saved_input_tokens, saved_cached_input_tokens, saved_output_tokens,
    cost, saved, currency, rate_card_id, estimated, suspect, outcome, error_code,
    kind = 'correction' as corrected, opened_at, settled_at, written_at
from usage_entry standing
where reverses is null
    and not exists (
        select from usage_entry later
        where later.request_id = standing.request_id
            and later.attempt = standing.attempt
            and later.opened_at = standing.opened_at
            and later.reverses = standing.entry
    );
comment on view attempt_cost is 'Each attempt as it stands after all corrections';
comment on column attempt_cost.corrected is 'Whether it was corrected; usage_entry has what it was before';

create view cost_by_request as
select
    request_id,
    min(user_id) as user_id,
    min(team) as team,
    min(project) as project,
    min(priority) as priority,
    count(*) filter (where source = 'provider') as attempts,
    min(source) filter (where source <> 'provider') as reused_from,
    sum(input_tokens) as input_tokens,
    sum(cached_input_tokens) as cached_input_tokens,
    sum(output_tokens) as output_tokens,
    sum(reasoning_tokens) as reasoning_tokens,
    case when count(cost) = count(*) then sum(cost) end as cost,
    case when count(saved) = count(*) then sum(saved) end as saved,
    min(currency) as currency,
    bool_or(estimated) as estimated,
    bool_or(suspect is not null) as suspect,
    min(opened_at) as opened_at
from attempt_cost
group by request_id;
comment on view cost_by_request is 'What each request cost, all its attempts together; cost is null while one of them has no price';
comment on column cost_by_request.reused_from is 'cache or coalesced where the answer of another request was used again';

create view cost_daily as
select
    day, user_id, team, project, model, priority, currency, attempts,
    input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    input_audio_tokens, output_audio_tokens,
    cost, estimated_attempts, estimated_cost, unpriced_attempts, suspect_attempts
from rollup_daily
where source = 'provider';
comment on view cost_daily is 'Cost by day (UTC), user, team, project, model, priority and currency';

create view cost_monthly as
select
    month, user_id, team, project, model, priority, currency, attempts,
    input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    input_audio_tokens, output_audio_tokens,
    cost, estimated_attempts, estimated_cost, unpriced_attempts, suspect_attempts
from rollup_monthly
where source = 'provider';
comment on view cost_monthly is 'Cost by month (its first day, UTC), user, team, project, model, priority and currency';

create view savings_daily as
select
    day, user_id, team, project, model, priority, source, currency, attempts as answers,
    saved_input_tokens, saved_output_tokens, saved, unpriced_attempts as unpriced_answers
from rollup_daily
where source <> 'provider';
comment on view savings_daily is 'What answers that were used again would have cost, by day (UTC) and source: cache, coalesced';

create view unpriced_usage as
select * from attempt_cost
where rate_card_id is null
    and (suspect is null or suspect = 'count_not_told');
comment on view unpriced_usage is 'Attempts for which no rate card is in force; priced by a correction once there is one';

create view suspect_usage as
select * from attempt_cost
where suspect is not null;
comment on view suspect_usage is 'Attempts whose counts cannot be believed; somebody must look at them';

create view unsettled_attempt as
select opened.*
from attempt_unsettled
join attempt_opened opened using (request_id, attempt);
comment on view unsettled_attempt is 'Calls under way, and calls whose worker died before it could settle them';

create view rate_card_history as
select
    model, service_tier, version, valid_from, valid_until, currency,
    input_price, cached_input_price, cache_write_price, output_price,
    long_context_above, long_input_price, long_cached_input_price, long_cache_write_price, long_output_price,
    source, source_date, id
from rate_card;
comment on view rate_card_history is 'Every price that was ever in force, per 1,000,000 tokens';

create view usage_set_aside as
select topic, partition, topic_offset, reason, set_aside_at
from usage_dead_letter;
comment on view usage_set_aside is 'Usage events that could not be written down; usage_dead_letter has their bytes';

revoke all on function usage_partitions_ahead(integer) from public;

grant usage on schema ${flyway:defaultSchema} to sluice_writer, sluice_finance;

grant select, insert on attempt_opened, usage_key, usage_entry, usage_dead_letter, setting_change to sluice_writer;
grant select on
    rate_card, attempt_unsettled, rollup_daily, rollup_monthly, attempt_cost, unsettled_attempt
    to sluice_writer;
grant execute on function usage_partitions_ahead(integer) to sluice_writer;

grant select on
    attempt_cost, cost_by_request, cost_daily, cost_monthly, savings_daily, unpriced_usage, suspect_usage,
    unsettled_attempt, rate_card_history, usage_set_aside, setting_audit
    to sluice_finance;
