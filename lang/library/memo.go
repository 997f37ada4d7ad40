package library

import (
	"sync"
	"sync/atomic"
)

// memo keeps what texts of the configuration, such as patterns and paths, were read as: they are few, and met by every row.
type memo[T any] struct {
	read  func(string) (T, error)
	known sync.Map
	count atomic.Int64
}

const maxMemo = 1000

func newMemo[T any](read func(string) (T, error)) *memo[T] { return &memo[T]{read: read} }

func (m *memo[T]) of(text string) (T, error) {
	if known, ok := m.known.Load(text); ok {
		return known.(T), nil
	}
	got, err := m.read(text)
	if err != nil {
		return got, err
	}
	if m.count.Add(1) <= maxMemo {
		m.known.Store(text, got)
	}
	return got, nil
}

func (m *memo[T]) check(text string) error {
	_, err := m.of(text)
	return err
}
