package io.panocrypt.spring.sample;

import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import java.security.Principal;
import java.time.Clock;
import java.time.LocalTime;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
public class UnlockApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(UnlockApplication.class, arguments);
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(
                User.withUsername("root")
                        .password("{noop}secret-1")
                        .roles("ops-admins")
                        .build(),
                User.withUsername("alice")
                        .password("{noop}secret-2")
                        .roles("ops")
                        .build());
    }

    @Bean
    UnlockRule nobodyWorksAtNight(ObjectProvider<Clock> clocks) {
        return new DayOnly(clocks.getIfAvailable(Clock::systemDefaultZone));
    }

    private record DayOnly(Clock clock) implements UnlockRule {
        @Override
        public String name() {
            return "day-only";
        }

        @Override
        public Verdict evaluate(RuleInput input) {
            int hour = LocalTime.now(clock).getHour();
            return hour >= 6 && hour < 22 ? Verdict.abstain() : Verdict.deny("nobody works at night");
        }
    }

    @RestController
    static class Pages {
        @GetMapping("/hello")
        Map<String, String> hello(Principal user) {
            return Map.of("hello", user.getName());
        }
    }
}
