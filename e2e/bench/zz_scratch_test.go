package main

import (
	"fmt"
	"os"
	"testing"
)

func TestScratch(t *testing.T) {
	b := &bench{settings: settings{binary: "/work/main/bin/console", folder: t.TempDir(), copyRounds: 3, copyShare: 4}}
	if err := b.copies(t.Context()); err != nil {
		t.Fatal(err)
	}
	fmt.Println(b.text()); os.WriteFile("/tmp/cb/report.md", []byte(b.text()), 0o600)
}
