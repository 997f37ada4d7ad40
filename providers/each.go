package providers

import (
	"context"
	"errors"
	"io"

	"github.com/novumsolvo/migrateiq/providers/batch"
)

// Each reads what spec says and hands on batch after batch. visit must not keep the batch; its error ends the reading.
func Each(ctx context.Context, s Source, spec ReadSpec, visit func(*batch.Batch) error) (err error) {
	reader, err := s.Read(ctx, spec)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	b := batch.New(spec.Columns, 0)
	for {
		err := reader.Next(ctx, b)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := visit(b); err != nil {
			return err
		}
	}
}
