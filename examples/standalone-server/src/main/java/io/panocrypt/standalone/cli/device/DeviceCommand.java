package io.panocrypt.standalone.cli.device;

import io.panocrypt.standalone.cli.base.CommandGroup;
import picocli.CommandLine.Command;

/** {@code device}: machines that unlock automatically. */
@Command(
        name = "device",
        description = "Machines that unlock by themselves.",
        subcommands = {
            DeviceAdd.class,
            DeviceList.class,
            DeviceShow.class,
            DeviceEdit.class,
            DeviceAct.Disable.class,
            DeviceAct.Enable.class,
            DeviceAct.Confirm.class,
            DeviceRevoke.class,
            DeviceAct.RotateKeys.class,
            DeviceKit.class,
            DeviceKeys.class,
            DeviceDestroyKeys.class,
            DeviceRegisterSource.class,
            DeviceAllow.class,
            DeviceAllowances.class,
            DeviceCancelAllowance.class,
            DeviceDenies.class,
            DeviceLiftDeny.class,
            DeviceDryRun.class
        })
public final class DeviceCommand extends CommandGroup {}
