package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.spi.PolicyRecord;
import io.panocrypt.policy.spi.StoreException;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadDevicesTest {
    private final House house = new House();
    private final Device device = house.device("web-1");
    private final ReadDevices devices = new ReadDevices();

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void readsTheSameTextOnce() {
        Device first = devices.of(Records.of(device));
        assertEquals(device, first);
        assertSame(first, devices.of(Records.of(device)));
    }

    /** Whoever restores a backup, or edits rows by hand, need not count versions. */
    @Test
    void readsAnotherTextOfTheSameVersionAnew() {
        devices.of(Records.of(device));
        Device disabled = device.withState(DeviceState.DISABLED);
        assertEquals(disabled, devices.of(Records.of(disabled)));
        assertEquals(device, devices.of(Records.of(device)));
    }

    @Test
    void forgetsNothingForATextThatCannotBeRead() {
        Device first = devices.of(Records.of(device));
        PolicyRecord broken = new PolicyRecord(Records.DEVICE, device.id(), 2, "{", Set.of(), Set.of());
        assertThrows(StoreException.class, () -> devices.of(broken));
        assertSame(first, devices.of(Records.of(device)));
    }

    @Test
    void forgetsTheDeviceThatWasReadLongestAgo() {
        Device first = devices.of(Records.of(device));
        String body = Records.of(device).body();
        IntStream.range(0, 4_096)
                .forEach(i -> devices.of(new PolicyRecord(Records.DEVICE, "other-" + i, 1, body, Set.of(), Set.of())));
        assertNotSame(first, devices.of(Records.of(device)));
    }
}
