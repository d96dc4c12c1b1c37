-- Standard prices as OpenAI's pricing page lists them, USD per 1,000,000 tokens. A model without a
-- cached price bills cached input as input; none of these models bills cache writes.
insert into rate_card (model, service_tier, valid, input_usd, cached_input_usd, cache_write_usd, output_usd)
values
    ('gpt-3.5-turbo', 'default', '[2024-01-25 00:00+00,)', 0.50, 0.50, 0, 1.50),
    ('gpt-4o', 'default', '[2024-08-06 00:00+00,)', 2.50, 1.25, 0, 10.00),
    ('gpt-4o', 'priority', '[2025-06-01 00:00+00,)', 4.25, 2.125, 0, 17.00),
    ('gpt-4o-2024-05-13', 'default', '[2024-05-13 00:00+00,)', 5.00, 5.00, 0, 15.00),
    ('gpt-4o-mini', 'default', '[2024-07-18 00:00+00,)', 0.15, 0.075, 0, 0.60),
    ('gpt-4o-mini', 'priority', '[2025-06-01 00:00+00,)', 0.25, 0.125, 0, 1.00);
