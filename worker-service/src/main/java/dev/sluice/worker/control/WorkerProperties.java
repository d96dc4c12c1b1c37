package dev.sluice.worker.control;

import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * @param id what operators call this worker by; settings of its own are kept under it. Not set: the
 *     host's name and the port, such as {@code host-8081}
 */
@Validated
@ConfigurationProperties("sluice.worker")
record WorkerProperties(@Nullable @Pattern(regexp = "[A-Za-z0-9._-]{1,100}") String id) {}
