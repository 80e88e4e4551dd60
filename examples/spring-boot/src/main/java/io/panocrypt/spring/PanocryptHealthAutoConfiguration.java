package io.panocrypt.spring;

import io.panocrypt.policy.Panocrypt;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The contributor {@code panocrypt} to the application's health, if that is there. */
@AutoConfiguration(after = PanocryptAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Panocrypt.class)
class PanocryptHealthAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "panocryptHealthIndicator")
    @ConditionalOnEnabledHealthIndicator(
            "panocrypt") // not at the class: without Actuator its condition cannot be loaded
    HealthIndicator panocryptHealthIndicator(Panocrypt panocrypt) {
        return () -> panocrypt
                .unreadyReason()
                .map(reason -> Health.down().withDetail("reason", reason).build())
                .orElseGet(() -> up(panocrypt.warnings()));
    }

    private static Health up(List<String> warnings) {
        Health.Builder health = Health.up();
        return warnings.isEmpty()
                ? health.build()
                : health.withDetail("warnings", warnings).build();
    }
}
