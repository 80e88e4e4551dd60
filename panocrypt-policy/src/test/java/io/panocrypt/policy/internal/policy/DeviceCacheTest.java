package io.panocrypt.policy.internal.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.TestService;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceCacheTest {
    private final TestService house = new TestService();
    private final StoredDevice device = house.stored(house.device("web-1"));
    private final DeviceCache devices = new DeviceCache();

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void readsTheSameTextOnce() {
        StoredDevice first = devices.of(RecordMapper.of(device));
        assertEquals(device, first);
        assertSame(first, devices.of(RecordMapper.of(device)));
    }

    /** A restored backup or an edit by hand may change the body under the same version. */
    @Test
    void readsAnotherTextOfTheSameVersionAnew() {
        devices.of(RecordMapper.of(device));
        StoredDevice disabled = device.with(device.device().withState(DeviceState.DISABLED));
        assertEquals(disabled, devices.of(RecordMapper.of(disabled)));
        assertEquals(device, devices.of(RecordMapper.of(device)));
    }

    @Test
    void forgetsNothingForATextThatCannotBeRead() {
        StoredDevice first = devices.of(RecordMapper.of(device));
        PolicyRecord broken =
                new PolicyRecord(RecordMapper.DEVICE, device.device().id(), 2, "{", Set.of(), Set.of());
        assertThrows(StoreException.class, () -> devices.of(broken));
        assertSame(first, devices.of(RecordMapper.of(device)));
    }

    @Test
    void forgetsTheDeviceThatWasReadLongestAgo() {
        StoredDevice first = devices.of(RecordMapper.of(device));
        String body = RecordMapper.of(device).body();
        IntStream.range(0, 4_096)
                .forEach(i ->
                        devices.of(new PolicyRecord(RecordMapper.DEVICE, "other-" + i, 1, body, Set.of(), Set.of())));
        assertNotSame(first, devices.of(RecordMapper.of(device)));
    }
}
