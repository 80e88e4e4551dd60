package io.panocrypt.testkit.powerloss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Models the content of a folder on its disk during a trace.
 *
 * <p>A change of a file is on the disk once a sync of the file that began after the change has returned. A change of a
 * name is on the disk after such a sync of the folder. After a power cut any part of other changes may be on the disk.
 */
final class Disk {
    private static final Set<String> SYNCS = Set.of("fsync", "fdatasync");

    /** Sets the file of a name, or removes the name. */
    private record Naming(String name, @Nullable DiskFile file) {}

    private final Path folder;
    private final Set<String> watched;
    private final Map<String, DiskFile> names = new TreeMap<>();
    private final Map<String, DiskFile> syncedNames = new TreeMap<>();
    private final List<Naming> pendingNames = new ArrayList<>();
    private final Map<Integer, DiskFile> descriptors = new HashMap<>();
    private final Map<SystemCall, Integer> syncsUnderWay = new IdentityHashMap<>();

    /** The files with these names, all synced. */
    Disk(Path folder, Set<String> watched) throws IOException {
        this.folder = folder;
        this.watched = Set.copyOf(watched);
        for (String name : watched) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                names.put(name, new DiskFile(Files.readAllBytes(file)));
            }
        }
        syncedNames.putAll(names);
    }

    void see(Trace.Event event) {
        SystemCall call = event.call();
        if (call.result() < 0 && call.result() != SystemCall.UNFINISHED) {
            return;
        }
        if (SYNCS.contains(call.name())) {
            sync(call, event.begins());
        } else if (event.begins()) {
            begin(call);
        } else {
            end(call);
        }
    }

    /** Applies changes that may reach the disk as soon as they are requested. */
    private void begin(SystemCall call) {
        switch (call.name()) {
            case "write" -> requireUnwatched(call, descriptors.get(call.descriptor(0)));
            case "pwrite64" -> {
                DiskFile file = descriptors.get(call.descriptor(0));
                if (file != null) {
                    requireWhole(call);
                    file.write(call.number(3), call.bytes(1));
                }
            }
            case "ftruncate" -> {
                DiskFile file = descriptors.get(call.descriptor(0));
                if (file != null) {
                    file.cut(call.number(1));
                }
            }
            case "unlink" -> rename(name(call.path(0)), null);
            case "close" -> descriptors.remove(call.descriptor(0));
            case "mmap" -> {
                // Read-only or private memory changes no file.
                if (call.arguments().get(2).contains("PROT_WRITE")
                        && call.arguments().get(3).contains("MAP_SHARED")) {
                    requireUnwatched(call, descriptors.get(call.descriptor(4)));
                }
            }
            case "openat" -> {
                // The descriptor is known when the call ends.
            }
            default -> throw new IllegalStateException("the model knows no " + call.name());
        }
    }

    private void end(SystemCall call) {
        if (!call.name().equals("openat") || !call.succeeded()) {
            return;
        }
        String name = name(call.path(1));
        String flags = call.arguments().get(2);
        int descriptor = Math.toIntExact(call.result());
        descriptors.remove(descriptor);
        if (!watched.contains(name)) {
            return;
        }
        DiskFile file = names.get(name);
        if (file == null) {
            file = new DiskFile(new byte[0]);
            rename(name, file);
        }
        if (flags.contains("O_TRUNC")) {
            file.cut(0);
        }
        descriptors.put(descriptor, file);
    }

    private void rename(String name, @Nullable DiskFile file) {
        if (!watched.contains(name)) {
            return;
        }
        apply(names, new Naming(name, file));
        pendingNames.add(new Naming(name, file));
    }

    private static void apply(Map<String, DiskFile> names, Naming naming) {
        if (naming.file == null) {
            names.remove(naming.name);
        } else {
            names.put(naming.name, naming.file);
        }
    }

    /** When the sync ends, changes from before its beginning are on the disk. */
    private void sync(SystemCall call, boolean begins) {
        DiskFile file = descriptors.get(call.descriptor(0));
        boolean isFolder = call.arguments().get(0).contains("<" + folder + ">");
        if (begins) {
            syncsUnderWay.put(call, isFolder ? pendingNames.size() : file == null ? 0 : file.pending());
            return;
        }
        Integer changes = syncsUnderWay.remove(call);
        if (changes == null || !call.succeeded()) {
            return;
        }
        if (isFolder) {
            List<Naming> done = pendingNames.subList(0, changes);
            done.forEach(naming -> apply(syncedNames, naming));
            done.clear();
        } else if (file != null) {
            file.sync(changes);
        }
    }

    /** Writes into the folder what a power cut leaves now if no unsynced change reached the disk. */
    void writeSynced(Path image) throws IOException {
        for (Map.Entry<String, DiskFile> entry : syncedNames.entrySet()) {
            Files.write(image.resolve(entry.getKey()), entry.getValue().synced());
        }
    }

    /** Writes into the folder what a power cut may leave now: all synced and a random part of the unsynced changes. */
    void writeTorn(Path image, Random random) throws IOException {
        double probability = random.nextInt(5) / 4.0;
        int sector = random.nextBoolean() ? 512 : 4_096;
        Map<String, DiskFile> left = new TreeMap<>(syncedNames);
        for (Naming naming : pendingNames) {
            if (random.nextDouble() < probability) {
                apply(left, naming);
            }
        }
        for (Map.Entry<String, DiskFile> entry : left.entrySet()) {
            Files.write(image.resolve(entry.getKey()), entry.getValue().torn(random, probability, sector));
        }
    }

    private String name(String path) {
        Path file = Path.of(path);
        return folder.equals(file.getParent()) ? String.valueOf(file.getFileName()) : "";
    }

    private static void requireUnwatched(SystemCall call, @Nullable DiskFile file) {
        if (file != null) {
            throw new IllegalStateException("the model does not expect that a database is changed by " + call.name());
        }
    }

    private static void requireWhole(SystemCall call) {
        if (call.result() != SystemCall.UNFINISHED && call.result() != call.number(2)) {
            throw new IllegalStateException("a part was written only");
        }
    }
}
