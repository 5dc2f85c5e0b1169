package probe

import (
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSCRAMByTheExamplesOfItsStandards(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                                    string
		hash                                    func() hash.Hash
		nonce, first, challenge, answer, server string
	}{
		{"RFC 5802, SHA-1", sha1.New, "fyko+d2lbbFgONRv9qkxdawL",
			"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
			"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
			"v=rmF9pqV8S7suAoZWja4dJRkFsKQ="},
		{"RFC 7677, SHA-256", sha256.New, "rOprNGfwEbeRWgbNEkqO",
			"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
			"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
			"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScram(c.hash, "user", "pencil", c.nonce)
			require.Equal(t, c.first, s.first())
			answer, err := s.answer(c.challenge)
			require.NoError(t, err)
			require.Equal(t, c.answer, answer)
			require.NoError(t, s.verify(c.server))
			require.NoError(t, s.verify(c.server+",x=more"))
			for _, forged := range []string{"", "v=", "v=AAAA", "e=other-error", "v=!", c.server[2:]} {
				require.ErrorIs(t, s.verify(forged), errScram, forged)
			}
		})
	}
}

func TestSCRAMServersThatDoNotKeepToIt(t *testing.T) {
	t.Parallel()
	for _, challenge := range []string{
		"", "r=mine", "r=mine,s=c2FsdA==", "s=c2FsdA==,r=mine,i=4096",
		"r=other,s=c2FsdA==,i=4096",
		"r=mine,s=,i=4096", "r=mine,s=!,i=4096",
		"r=mine,s=c2FsdA==,i=", "r=mine,s=c2FsdA==,i=4095", "r=mine,s=c2FsdA==,i=-1",
		"r=mine,s=c2FsdA==,i=2000000000", "r=mine,s=c2FsdA==,i=99999999999999999999",
	} {
		s := newScram(sha256.New, "ann", "canary", "mine")
		_, err := s.answer(challenge)
		require.ErrorIs(t, err, errScram, challenge)
		require.ErrorIs(t, s.verify("v="), errScram, "nothing was agreed that could be proved")
	}
	require.Equal(t, "n,,n=a=2Cb=3Dc,r=mine", newScram(sha256.New, "a,b=c", "", "mine").first())
}
