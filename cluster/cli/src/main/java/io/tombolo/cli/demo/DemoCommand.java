package io.tombolo.cli.demo;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;

import java.util.concurrent.Callable;

@Command(name = "demo", description = "x")
final class DemoCommand implements Callable<Integer> {

    DemoCommand(Shell shell) {
        shell.note("");
    }

    @Override
    public Integer call() {
        return 0;
    }
}
