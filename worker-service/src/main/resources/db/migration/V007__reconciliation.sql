-- The provider's own figures, and the ledger beside them.

create table provider_import (
    import_id    text        not null constraint provider_import_pk primary key,
    number       bigint      generated always as identity constraint provider_import_number_uq unique,
    day          date        not null,
    report       text        not null constraint provider_import_report_ck check (report in ('usage', 'costs')),
    source       text        not null constraint provider_import_source_ck check (source in ('api', 'file')),
    imported_by  text        not null,
    told_at      timestamptz not null,
    imported_at  timestamptz not null default now()
);
create index provider_import_day_ix on provider_import (day, report, number desc);
comment on table provider_import is 'Each time that the provider''s figures of a day came in. The newest one of a day and report counts, as a whole; never changed';
comment on column provider_import.import_id is 'The same for the same figures delivered again, which count once';
comment on column provider_import.number is 'The higher, the newer';
comment on column provider_import.day is 'Day that the figures are of, UTC';
comment on column provider_import.report is 'Which of the provider''s APIs told: usage (requests and tokens), costs (money)';
comment on column provider_import.source is 'api: the worker asked the provider; file: somebody brought a page along';
comment on column provider_import.imported_by is 'Who asked for it; schedule where nobody had to';
comment on column provider_import.told_at is 'When the figures were fetched, or brought along, UTC';
comment on column provider_import.imported_at is 'When they were written down, UTC';

create table provider_figure (
    import_id            text    not null constraint provider_figure_import_fk references provider_import (import_id),
    model                text    not null,
    requests             bigint  not null,
    input_tokens         bigint  not null,
    cached_input_tokens  bigint  not null,
    output_tokens        bigint  not null,
    cost                 numeric,
    currency             text    constraint provider_figure_currency_ck check (currency ~ '^[A-Z]{3}$'),
    constraint provider_figure_pk primary key (import_id, model),
    constraint provider_figure_cost_ck check ((cost is null) = (currency is null))
);
comment on table provider_figure is 'What the provider told of one model in one import; a model that is not in an import had nothing on that day';
comment on column provider_figure.import_id is 'Import that it is part of';
comment on column provider_figure.model is 'Model as the provider names it; the name of the line for what it charges beside models';
comment on column provider_figure.requests is 'Requests, in a report of usage';
comment on column provider_figure.input_tokens is 'All input tokens, cached ones included, in a report of usage';
comment on column provider_figure.cached_input_tokens is 'Input tokens that were cached, in a report of usage';
comment on column provider_figure.output_tokens is 'All output tokens, in a report of usage';
comment on column provider_figure.cost is 'Money, in a report of costs; as told, not rounded';
comment on column provider_figure.currency is 'ISO 4217 code of cost';

create trigger provider_import_immutable_tg before update or delete on provider_import
    for each row execute function refuse_change();
create trigger provider_import_not_truncated_tg before truncate on provider_import
    for each statement execute function refuse_change();
create trigger provider_figure_immutable_tg before update or delete on provider_figure
    for each row execute function refuse_change();
create trigger provider_figure_not_truncated_tg before truncate on provider_figure
    for each statement execute function refuse_change();

create view provider_usage as
select
    day, model, report, requests, input_tokens, cached_input_tokens, output_tokens, cost, currency,
    source, imported_by, told_at, imported_at,
    number = max(number) over (partition by day, report) as counts
from provider_import
left join provider_figure using (import_id);
comment on view provider_usage is 'Everything that the provider told, the superseded included; model is null where it told that there was nothing';
comment on column provider_usage.day is 'Day that it is of, UTC';
comment on column provider_usage.model is 'Model as the provider names it, or the line that it charges beside models';
comment on column provider_usage.report is 'usage (requests and tokens) or costs (money)';
comment on column provider_usage.requests is 'Requests, in a report of usage';
comment on column provider_usage.input_tokens is 'All input tokens, in a report of usage';
comment on column provider_usage.cached_input_tokens is 'Input tokens that were cached, in a report of usage';
comment on column provider_usage.output_tokens is 'All output tokens, in a report of usage';
comment on column provider_usage.cost is 'Money, in a report of costs';
comment on column provider_usage.currency is 'ISO 4217 code of cost';
comment on column provider_usage.source is 'api: the worker asked the provider; file: somebody brought a page along';
comment on column provider_usage.imported_by is 'Who asked for it; schedule where nobody had to';
comment on column provider_usage.told_at is 'When the figures were fetched, or brought along, UTC';
comment on column provider_usage.imported_at is 'When they were written down, UTC';
comment on column provider_usage.counts is 'Whether it is of the newest import of its day and report, which the ledger is compared with';

-- How far one figure is off another, as a share of the other.
create function share_off(ours numeric, theirs numeric) returns numeric
    language sql immutable
    return case
        when ours = theirs then 0
        when theirs = 0 then 1
        else abs(ours - theirs) / abs(theirs)
    end;
comment on function share_off(numeric, numeric) is 'Difference as a share of theirs; 1 where there should be nothing; null where either is not known';

create view reconciliation_daily as
with newest as (
    select distinct on (day, report) import_id, day, report, imported_at
    from provider_import
    order by day, report, number desc
),
imported as (
    select
        day,
        max(imported_at) filter (where report = 'usage') as usage_imported_at,
        max(imported_at) filter (where report = 'costs') as costs_imported_at
    from newest
    group by day
),
told as (
    select
        newest.day,
        figure.model,
        sum(figure.requests) as requests,
        sum(figure.input_tokens) as input_tokens,
        sum(figure.cached_input_tokens) as cached_input_tokens,
        sum(figure.output_tokens) as output_tokens,
        sum(figure.cost) as cost,
        min(figure.currency) as currency
    from newest
    join provider_figure figure using (import_id)
    group by newest.day, figure.model
),
sums as (
    select
        day, model, currency,
        sum(attempts) as attempts,
        sum(input_tokens) as input_tokens,
        sum(cached_input_tokens) as cached_input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cost) as cost,
        sum(estimated_attempts) as estimated_attempts,
        sum(unpriced_attempts) as unpriced_attempts
    from rollup_daily
    where source = 'provider'
    group by day, model, currency
),
-- A call that failed or was cancelled is in the ledger by the name it was asked by, at the provider
-- by the dated one: it belongs to the dated model of that day, of several to the most used.
ledger as (
    select
        sums.day,
        coalesce(named.model, sums.model) as model,
        array_agg(distinct sums.model) as ledger_models,
        sum(sums.attempts) as attempts,
        sum(sums.input_tokens) as input_tokens,
        sum(sums.cached_input_tokens) as cached_input_tokens,
        sum(sums.output_tokens) as output_tokens,
        case when count(distinct sums.currency) = 1 then sum(sums.cost) end as cost,
        case when count(distinct sums.currency) = 1 then min(sums.currency) end as currency,
        sum(sums.estimated_attempts) as estimated_attempts,
        sum(sums.unpriced_attempts) as unpriced_attempts
    from sums
    left join lateral (
        select told.model
        from told
        where told.day = sums.day
            and (told.model = sums.model
                or regexp_replace(told.model, '-(\d{4}-\d{2}-\d{2}|\d{4})$', '') = sums.model)
        order by told.model = sums.model desc, told.input_tokens + told.output_tokens desc, told.model desc
        limit 1
    ) named on true
    group by sums.day, coalesce(named.model, sums.model)
),
both_sides as (
    select
        day,
        model,
        coalesce(max(ledger_models), '{}') as ledger_models,
        coalesce(sum(attempts), 0) as attempts,
        coalesce(sum(input_tokens), 0) as input_tokens,
        coalesce(sum(cached_input_tokens), 0) as cached_input_tokens,
        coalesce(sum(output_tokens), 0) as output_tokens,
        -- Nothing in the ledger costs nothing; two currencies have no sum
        case when bool_or(of_ledger) then sum(cost) else 0 end as cost,
        max(currency) as currency,
        coalesce(sum(estimated_attempts), 0) as estimated_attempts,
        coalesce(sum(unpriced_attempts), 0) as unpriced_attempts,
        coalesce(sum(provider_requests), 0) as provider_requests,
        coalesce(sum(provider_input_tokens), 0) as provider_input_tokens,
        coalesce(sum(provider_cached_input_tokens), 0) as provider_cached_input_tokens,
        coalesce(sum(provider_output_tokens), 0) as provider_output_tokens,
        coalesce(sum(provider_cost), 0) as provider_cost,
        max(provider_currency) as provider_currency
    from (
        select
            day, model, true as of_ledger, ledger_models, attempts, input_tokens, cached_input_tokens, output_tokens,
            cost, currency, estimated_attempts, unpriced_attempts,
            null::numeric as provider_requests, null::numeric as provider_input_tokens,
            null::numeric as provider_cached_input_tokens, null::numeric as provider_output_tokens,
            null::numeric as provider_cost, null as provider_currency
        from ledger
        union all
        select
            day, model, false, null, null, null, null, null, null, null, null, null,
            requests, input_tokens, cached_input_tokens, output_tokens, cost, currency
        from told
    ) sides
    group by day, model
),
known as (
    select
        day, model, ledger_models, attempts, input_tokens, cached_input_tokens, output_tokens, cost,
        coalesce(currency, provider_currency) as currency, estimated_attempts, unpriced_attempts,
        case when usage_imported_at is not null then provider_requests end as provider_requests,
        case when usage_imported_at is not null then provider_input_tokens end as provider_input_tokens,
        case when usage_imported_at is not null then provider_cached_input_tokens end as provider_cached_input_tokens,
        case when usage_imported_at is not null then provider_output_tokens end as provider_output_tokens,
        case when costs_imported_at is not null then provider_cost end as provider_cost,
        provider_currency,
        usage_imported_at,
        costs_imported_at
    from both_sides
    left join imported using (day)
),
compared as (
    select
        *,
        input_tokens - provider_input_tokens as input_tokens_difference,
        output_tokens - provider_output_tokens as output_tokens_difference,
        case when provider_currency is null or provider_currency = currency then cost - provider_cost end as cost_difference,
        case
            when provider_input_tokens + provider_output_tokens = 0 then 1
            else round(
                least(input_tokens + output_tokens, provider_input_tokens + provider_output_tokens)
                    / (provider_input_tokens + provider_output_tokens),
                6)
        end as coverage
    from known
)
select
    day, model, ledger_models, attempts, input_tokens, cached_input_tokens, output_tokens, cost, currency,
    estimated_attempts, unpriced_attempts,
    provider_requests, provider_input_tokens, provider_cached_input_tokens, provider_output_tokens, provider_cost,
    provider_currency,
    input_tokens_difference, output_tokens_difference, cost_difference,
    round(share, 6) as share,
    coverage,
    case
        when usage_imported_at is null and costs_imported_at is null then 'missing'
        when share > 0.01 then 'differs'
        else 'agrees'
    end as state,
    usage_imported_at,
    costs_imported_at
from compared
cross join lateral (
    select greatest(
        share_off(input_tokens, provider_input_tokens),
        share_off(output_tokens, provider_output_tokens),
        case when cost_difference is not null then share_off(cost, provider_cost) end
    ) as share
) worst;

comment on view reconciliation_daily is 'The ledger beside the provider''s newest figures, by day (UTC) and model as the provider names it';
comment on column reconciliation_daily.day is 'Day, UTC';
comment on column reconciliation_daily.model is 'Model as the provider names it, or the line that it charges beside models';
comment on column reconciliation_daily.ledger_models is 'Names by which the ledger has the attempts of the model';
comment on column reconciliation_daily.attempts is 'Provider calls of the ledger, refused ones included; not compared';
comment on column reconciliation_daily.input_tokens is 'Input tokens of the ledger, estimates included';
comment on column reconciliation_daily.cached_input_tokens is 'Those of them that were cached';
comment on column reconciliation_daily.output_tokens is 'Output tokens of the ledger, estimates included';
comment on column reconciliation_daily.cost is 'Cost by the ledger, of what has a price; null if it is in two currencies';
comment on column reconciliation_daily.currency is 'ISO 4217 code of cost';
comment on column reconciliation_daily.estimated_attempts is 'Attempts whose tokens were counted here: the first place to look for a difference';
comment on column reconciliation_daily.unpriced_attempts is 'Attempts that cost has no price of';
comment on column reconciliation_daily.provider_requests is 'Requests by the provider, who does not count refused ones; null where its usage was not imported';
comment on column reconciliation_daily.provider_input_tokens is 'Input tokens by the provider';
comment on column reconciliation_daily.provider_cached_input_tokens is 'Those of them that were cached';
comment on column reconciliation_daily.provider_output_tokens is 'Output tokens by the provider';
comment on column reconciliation_daily.provider_cost is 'Cost by the provider; null where its costs were not imported';
comment on column reconciliation_daily.provider_currency is 'ISO 4217 code of provider_cost; costs in two currencies are not compared';
comment on column reconciliation_daily.input_tokens_difference is 'Ledger less provider';
comment on column reconciliation_daily.output_tokens_difference is 'Ledger less provider';
comment on column reconciliation_daily.cost_difference is 'Ledger less provider';
comment on column reconciliation_daily.share is 'The largest of the three differences, as a share of the provider''s figure';
comment on column reconciliation_daily.coverage is 'Share of the provider''s tokens that the ledger has, 1 at the most: what is missing from 1 was used beside Sluice';
comment on column reconciliation_daily.state is 'missing: nothing imported of that day; differs: share above 1 %; agrees. The API and the alert go by the threshold that is set';
comment on column reconciliation_daily.usage_imported_at is 'When the provider''s usage of the day was written down, UTC';
comment on column reconciliation_daily.costs_imported_at is 'When its costs were, UTC';

grant select, insert on provider_import, provider_figure to sluice_writer;
grant select on reconciliation_daily to sluice_writer;
grant select on provider_usage, reconciliation_daily to sluice_finance;
