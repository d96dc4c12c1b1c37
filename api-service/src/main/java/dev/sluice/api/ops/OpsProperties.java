package dev.sluice.api.ops;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param workerGroup consumer group of the workers, as {@code sluice.intake.group} of theirs; the
 *     backlog is counted from what it has committed
 */
@Validated
@ConfigurationProperties("sluice.ops")
record OpsProperties(@DefaultValue("sluice-workers") @NotBlank String workerGroup) {}
