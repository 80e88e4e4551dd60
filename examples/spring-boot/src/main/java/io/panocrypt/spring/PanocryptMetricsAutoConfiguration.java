package io.panocrypt.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.panocrypt.policy.spi.rule.UnlockRule;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Meters in the application's registry, if it has one. */
@AutoConfiguration(
        before = PanocryptAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
class PanocryptMetricsAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    PanocryptMetrics panocryptMetrics(MeterRegistry registry, ObjectProvider<UnlockRule> rules) {
        return new PanocryptMetrics(
                registry, rules.stream().map(UnlockRule::name).toList());
    }
}
