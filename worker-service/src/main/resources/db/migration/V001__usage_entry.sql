create extension if not exists btree_gist;

create table rate_card (
    id                bigint         generated always as identity constraint rate_card_id_pk primary key,
    model             text           not null,
    service_tier      text           not null,
    valid             tstzrange      not null constraint rate_card_valid_ck check (not isempty(valid)),
    input_usd         numeric(18, 10) not null constraint rate_card_input_usd_ck check (input_usd >= 0),
    cached_input_usd  numeric(18, 10) not null constraint rate_card_cached_input_usd_ck check (cached_input_usd >= 0),
    cache_write_usd   numeric(18, 10) not null constraint rate_card_cache_write_usd_ck check (cache_write_usd >= 0),
    output_usd        numeric(18, 10) not null constraint rate_card_output_usd_ck check (output_usd >= 0),
    constraint rate_card_no_overlap_ex exclude using gist (model with =, service_tier with =, valid with &&)
);
comment on table rate_card is 'Prices of a model at a service tier from a date on; two cards of one model and tier never overlap';
comment on column rate_card.id is 'Stored with each usage entry that was priced by this card';
comment on column rate_card.model is 'Model as the provider names it in its responses; a dated name without a card of its own takes the card of its family';
comment on column rate_card.service_tier is 'Tier that the response names: default, flex, priority';
comment on column rate_card.valid is 'When the prices are in force, by the start of the attempt, UTC';
comment on column rate_card.input_usd is 'USD per 1,000,000 uncached input tokens';
comment on column rate_card.cached_input_usd is 'USD per 1,000,000 input tokens that the provider had cached';
comment on column rate_card.cache_write_usd is 'USD per 1,000,000 input tokens written to the provider''s cache';
comment on column rate_card.output_usd is 'USD per 1,000,000 output tokens, reasoning included';

create table attempt_opened (
    request_id    text        not null,
    attempt       integer     not null constraint attempt_opened_attempt_ck check (attempt >= 1),
    user_id       text        not null,
    team          text        not null,
    model         text        not null,
    input_tokens  bigint      not null constraint attempt_opened_input_tokens_ck check (input_tokens >= 0),
    opened_at     timestamptz not null,
    constraint attempt_opened_pk primary key (request_id, attempt)
);
comment on table attempt_opened is 'Every provider call, written before it is made; one without a usage entry runs now or its worker died';
comment on column attempt_opened.request_id is 'Response id';
comment on column attempt_opened.attempt is 'Number of the call for this request, from 1';
comment on column attempt_opened.user_id is 'Who asked';
comment on column attempt_opened.team is 'Who pays';
comment on column attempt_opened.model is 'Model as asked for';
comment on column attempt_opened.input_tokens is 'Input tokens as counted before the call';
comment on column attempt_opened.opened_at is 'When the call was about to be made, UTC';

create table usage_entry (
    request_id           text            not null,
    attempt              integer         not null constraint usage_entry_attempt_ck check (attempt >= 0),
    user_id              text            not null,
    team                 text            not null,
    tags                 jsonb           not null,
    model                text            not null,
    service_tier         text            not null,
    input_tokens         bigint          not null constraint usage_entry_input_tokens_ck check (input_tokens >= 0),
    cached_input_tokens  bigint          not null constraint usage_entry_cached_input_tokens_ck check (cached_input_tokens between 0 and input_tokens),
    cache_write_tokens   bigint          not null constraint usage_entry_cache_write_tokens_ck check (cache_write_tokens >= 0),
    output_tokens        bigint          not null constraint usage_entry_output_tokens_ck check (output_tokens >= 0),
    reasoning_tokens     bigint          not null constraint usage_entry_reasoning_tokens_ck check (reasoning_tokens >= 0),
    cost                 numeric(20, 10) constraint usage_entry_cost_ck check (cost >= 0),
    currency             text            not null constraint usage_entry_currency_ck check (currency = 'USD'),
    rate_card_id         bigint          constraint usage_entry_rate_card_fk references rate_card (id),
    estimated            boolean         not null,
    outcome              text            not null,
    error_code           text,
    opened_at            timestamptz     not null,
    settled_at           timestamptz     not null,
    constraint usage_entry_pk primary key (request_id, attempt),
    constraint usage_entry_priced_ck check ((cost is null) = (rate_card_id is null))
);
create index usage_entry_user_ix on usage_entry (user_id, opened_at);
create index usage_entry_opened_at_ix on usage_entry (opened_at);
comment on table usage_entry is 'One row for each attempt that ended, priced; never changed, corrections are rows of their own';
comment on column usage_entry.request_id is 'Response id, the same as on the wire and in the logs';
comment on column usage_entry.attempt is 'Number of the provider call for this request, from 1; 0 is an answer that needed none';
comment on column usage_entry.user_id is 'Who asked';
comment on column usage_entry.team is 'Who pays';
comment on column usage_entry.tags is 'The caller''s own labels';
comment on column usage_entry.model is 'Model that answered, as the provider names it; the one asked for where none did';
comment on column usage_entry.service_tier is 'Tier that the response names; it sets the price';
comment on column usage_entry.input_tokens is 'All input tokens, cached ones included';
comment on column usage_entry.cached_input_tokens is 'Input tokens that the provider had cached';
comment on column usage_entry.cache_write_tokens is 'Input tokens written to the provider''s cache';
comment on column usage_entry.output_tokens is 'All output tokens, reasoning included';
comment on column usage_entry.reasoning_tokens is 'Output tokens spent on reasoning';
comment on column usage_entry.cost is 'Cost in currency, half-even to 10 decimals; null where no rate card was in force, see the view unpriced_usage';
comment on column usage_entry.currency is 'Currency of cost';
comment on column usage_entry.rate_card_id is 'Card that cost was computed from';
comment on column usage_entry.estimated is 'True where the provider did not say and the tokens were counted here';
comment on column usage_entry.outcome is 'completed, incomplete, failed, refused, cancelled or lost';
comment on column usage_entry.error_code is 'Why the attempt failed';
comment on column usage_entry.opened_at is 'When the call was about to be made, UTC';
comment on column usage_entry.settled_at is 'When the call had ended, UTC';

create function refuse_change() returns trigger language plpgsql as
$$ begin raise exception '% is immutable: a correction is a new row', tg_table_name; end $$;

create trigger usage_entry_immutable_tg before update or delete on usage_entry
    for each row execute function refuse_change();

create view unsettled_attempt as
select opened.*
from attempt_opened opened
where not exists (
    select from usage_entry entry
    where entry.request_id = opened.request_id and entry.attempt = opened.attempt
);
comment on view unsettled_attempt is 'Calls under way, and calls whose worker died before it could settle them';

create view unpriced_usage as
select * from usage_entry where cost is null;
comment on view unpriced_usage is 'Usage without a rate card in force; add the card and a correction';

create view request_cost as
select
    request_id,
    min(user_id) as user_id,
    min(team) as team,
    count(*) as attempts,
    sum(input_tokens) as input_tokens,
    sum(output_tokens) as output_tokens,
    sum(cost) as cost,
    min(currency) as currency,
    bool_or(estimated) as estimated,
    min(opened_at) as opened_at
from usage_entry
group by request_id;
comment on view request_cost is 'What each request cost, all its attempts together';
