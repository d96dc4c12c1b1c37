package dev.sluice.api.finance;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import java.math.BigDecimal;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param threshold share of the provider's figure above which a day differs
 */
@Validated
@ConfigurationProperties("sluice.reconciliation")
record ReconciliationProperties(
    @DefaultValue("0.01") @DecimalMin("0") @DecimalMax("1") BigDecimal threshold) {}
