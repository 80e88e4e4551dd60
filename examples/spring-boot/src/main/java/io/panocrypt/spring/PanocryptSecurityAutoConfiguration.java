package io.panocrypt.spring;

import io.panocrypt.policy.Panocrypt;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.HttpFirewall;

/**
 * Two filter chains, for the paths of the service only. Comes after Boot's own chain, which protects everything else and
 * would not be made if ours were there first.
 */
@AutoConfiguration(
        after = PanocryptAutoConfiguration.class,
        afterName = "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration")
@ConditionalOnClass({HttpSecurity.class, SecurityFilterChain.class})
@ConditionalOnBean({Panocrypt.class, HttpSecurity.class})
class PanocryptSecurityAutoConfiguration {
    private static final int DEVICES = Ordered.HIGHEST_PRECEDENCE + 10;

    private final DevicePaths paths;

    PanocryptSecurityAutoConfiguration(PanocryptProperties settings) {
        this.paths = new DevicePaths(settings.prefix());
    }

    /** Without any filter: machines have no session, sign in nowhere, and send no token against CSRF. */
    @Bean
    @Order(DEVICES)
    SecurityFilterChain panocryptDevices() {
        return new DefaultSecurityFilterChain(paths::isForMachines);
    }

    /**
     * Knows a user who has signed in to the application, and lets everybody through: the servlet decides, since programs come
     * with tokens that only it knows. It has its own protection against CSRF.
     */
    @Bean
    @Order(DEVICES + 1)
    @ConditionalOnMissingBean(name = "panocryptApi")
    SecurityFilterChain panocryptApi(HttpSecurity http, PanocryptProperties settings) throws Exception {
        http.securityMatcher(paths::isForOperators)
                .csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.NEVER))
                .authorizeHttpRequests(calls -> calls.anyRequest().permitAll());
        if (settings.operators().httpBasic()) {
            http.httpBasic(Customizer.withDefaults());
        }
        return http.build();
    }

    @Bean
    @ConditionalOnMissingBean
    HttpFirewall panocryptFirewall() {
        return new DeviceFirewall(paths);
    }
}
