package dev.sluice.api.finance;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param billingAccount the provider's account that is billed, as exports name it
 * @param maxExports exports under way at once on this instance; each has a connection to Postgres
 */
@Validated
@ConfigurationProperties("sluice.finance")
record FinanceProperties(
    @DefaultValue("openai") @NotBlank String billingAccount,
    @DefaultValue("2") @Min(1) @Max(100) int maxExports) {}
