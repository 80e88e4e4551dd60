package io.panocrypt.servlet.internal.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.spi.notify.Delivery;
import org.junit.jupiter.api.Test;

class NoticeViewsTest {
    @Test
    void saysDeliveredOfWhatTheChannelHasTaken() {
        assertEquals(
                "{\"result\":\"delivered\"}",
                NoticeViews.delivery(new Delivery.Done()).toString());
    }

    /** A notifier that returns null has delivered nothing. */
    @Test
    void saysDeliveredOfNothingElse() {
        assertThrows(IllegalStateException.class, () -> NoticeViews.delivery(null));
    }
}
