BEGIN TRANSACTION;
CREATE TABLE collections (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	problems VARCHAR NOT NULL, 
	ended DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "collections" VALUES(1,'hello','zip: x','[{"student": "", "called": "x@y", "what": "No file.", "remedy": "Send it.", "source": "zip: x", "message": "", "ours": false}]','2024-11-30 09:33:03.812070');
CREATE TABLE course_grades (
	id INTEGER NOT NULL, 
	student VARCHAR NOT NULL, 
	grade VARCHAR NOT NULL, 
	reported DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "course_grades" VALUES(1,'ana','{"student":"ana","exam":null,"exercises":[],"bonus":0.0,"percent":null,"so_far":null,"band":"","waits":["The exam is missing."],"notes":[]}','2024-11-30 09:33:03.865540');
CREATE TABLE drafts (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	called VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	"left" DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "drafts" VALUES(1,'hello','x@y','No file.','2024-11-30 09:33:03.813730');
CREATE TABLE extensions (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	extension VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "extensions" VALUES(1,'hello','{"student":"ana","assignment":"hello","until":"2024-08-10T12:00:00Z","who":"prof","when":"2024-08-10T12:00:00Z","why":"Ill."}');
CREATE TABLE keys (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	exam VARCHAR NOT NULL, 
	first_used DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "keys" VALUES(1,'midterm','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','{"title": "Midterm"}','2024-11-30 09:33:03.854470');
CREATE TABLE late_rulings (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	ruling VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "late_rulings" VALUES(1,'hello','{"student":"bruno","assignment":"hello","sha256":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","counts":"late","handed_in":"2024-08-10T12:00:00Z","who":"prof","when":"2024-08-10T12:00:00Z","why":""}');
CREATE TABLE overrides (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	override VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "overrides" VALUES(1,'hello','{"student":"ana","assignment":"hello","criterion":"words","earned":3.0,"comment":"Good.","who":"prof","when":"2024-11-30T09:33:03.726434Z","why":""}');
INSERT INTO "overrides" VALUES(2,'hello','{"student":"carla","assignment":"hello","criterion":"words","earned":1.0,"comment":"","who":"prof","when":"2024-11-30T09:33:03.726434Z","why":"By mail."}');
CREATE TABLE responses (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	student VARCHAR NOT NULL, 
	submission VARCHAR NOT NULL, 
	run VARCHAR NOT NULL, 
	added DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "responses" VALUES(1,'midterm','ana','{"student":"ana","assignment":"midterm","sha256":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","source":"csv","received":null,"late_by_s":0.0,"evidence":null}','{"key":"k","sha256":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","end":"finished","because":"","cells":[],"answers":{"edge":{"status":"answered","value":["a"],"because":""}},"asked":{"edge":"1"},"facts":{"comparisons":[],"words":"","pictures":0},"sandbox":"bubblewrap","environment":{},"missing_packages":[],"missing_files":[],"wall_s":0.0,"cpu_s":0.0,"memory_mib":0.0}','2024-11-30 09:33:03.831765');
CREATE TABLE runs (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	student VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	run_key VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (assignment, student, sha256, run_key)
);
INSERT INTO "runs" VALUES(1,'hello','ana','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','run-a');
INSERT INTO "runs" VALUES(2,'hello','bruno','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','run-b');
INSERT INTO "runs" VALUES(3,'hello','ana','cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc','run-c');
CREATE TABLE scores (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	student VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	run_key VARCHAR NOT NULL, 
	findings VARCHAR NOT NULL, 
	scored DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "scores" VALUES(1,'hello','ana','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','run-a','[{"criterion": "words", "says": "Say it \u2014 as\u00ed.", "status": "unscored", "earned": null, "possible": 4.0, "because": "S\u00ed.", "diagnosis": null, "hidden": false}]','2024-11-30 09:33:03.724663');
INSERT INTO "scores" VALUES(2,'hello','bruno','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','run-b','[{"criterion": "words", "says": "Say it \u2014 as\u00ed.", "status": "partly", "earned": 2.0, "possible": 4.0, "because": "S\u00ed.", "diagnosis": null, "hidden": false}]','2024-11-30 09:33:03.724792');
INSERT INTO "scores" VALUES(3,'hello','ana','cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc','run-c','[{"criterion": "words", "says": "Say it \u2014 as\u00ed.", "status": "unscored", "earned": null, "possible": 4.0, "because": "S\u00ed.", "diagnosis": null, "hidden": false}]','2024-11-30 09:33:03.784006');
CREATE TABLE submissions (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	student VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	received VARCHAR, 
	evidence VARCHAR, 
	collected DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "submissions" VALUES(1,'hello','ana','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','folder: ana.ipynb',NULL,NULL,'2024-11-30 09:33:03.643862');
INSERT INTO "submissions" VALUES(2,'hello','bruno','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','link','2024-08-10T12:00:00+00:00','{"kind":"link","sent":null,"looked":"2024-08-10T12:00:00Z","modified":null,"file":"f","revision":"1","message":"","flags":["So."]}','2024-11-30 09:33:03.644053');
INSERT INTO "submissions" VALUES(3,'hello','ana','cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc','folder: ana.ipynb',NULL,NULL,'2024-11-30 09:33:03.770800');
CREATE INDEX ix_submissions_assignment ON submissions (assignment);
CREATE INDEX ix_runs_assignment ON runs (assignment);
CREATE INDEX ix_scores_student ON scores (student);
CREATE INDEX ix_scores_assignment ON scores (assignment);
CREATE INDEX ix_overrides_assignment ON overrides (assignment);
CREATE INDEX ix_extensions_assignment ON extensions (assignment);
CREATE INDEX ix_late_rulings_assignment ON late_rulings (assignment);
CREATE INDEX ix_collections_assignment ON collections (assignment);
CREATE INDEX ix_drafts_assignment ON drafts (assignment);
CREATE INDEX ix_responses_assignment ON responses (assignment);
CREATE INDEX ix_responses_student ON responses (student);
CREATE INDEX ix_course_grades_student ON course_grades (student);
CREATE INDEX ix_keys_assignment ON keys (assignment);
COMMIT;