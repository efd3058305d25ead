"""The packaged demo city: real names, codes, county boundaries; made-up towns, villages, cells: NOTICE.md."""
