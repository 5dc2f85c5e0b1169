package main

import (
	"context"
	"fmt"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == copyCommand {
		if err := copyObjects(context.Background(), os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestScratch(t *testing.T) {
	b := &bench{settings: settings{binary: "/work/main/bin/console", folder: t.TempDir(), copyRounds: 3}}
	if err := b.copies(t.Context()); err != nil {
		t.Fatal(err)
	}
	fmt.Println(b.text())
}
