-- Run after the rows are in: an index is made faster at once than row by row.
CREATE INDEX idx_wrong_question_record_pattern ON wrong_question_record (pattern_id, status, is_deleted);
CREATE INDEX idx_wrong_question_record_user ON wrong_question_record (user_id, question_id);
CREATE INDEX idx_wrong_question_record_status_deleted ON wrong_question_record (status, is_deleted);
CREATE INDEX idx_wrong_question_record_updated_at ON wrong_question_record (updated_at);
CREATE INDEX idx_tower_pattern_status_deleted ON tower_pattern (status, is_deleted);
CREATE INDEX idx_tower_pattern_updated_at ON tower_pattern (updated_at);
CREATE UNIQUE INDEX uk_tower_teaching_type_pt ON tower_teaching_type_pt (pt_id, teaching_type_id);
CREATE INDEX idx_tower_teaching_type_pt_pt ON tower_teaching_type_pt (pt_id, status, is_deleted);
CREATE INDEX idx_tower_teaching_type_pt_status_deleted ON tower_teaching_type_pt (status, is_deleted);
CREATE INDEX idx_tower_teaching_type_pt_updated_at ON tower_teaching_type_pt (updated_at);
CREATE INDEX idx_tower_teaching_type_chapter ON tower_teaching_type (chapter_id, status, is_deleted);
CREATE INDEX idx_tower_teaching_type_status_deleted ON tower_teaching_type (status, is_deleted);
CREATE INDEX idx_tower_teaching_type_updated_at ON tower_teaching_type (updated_at);
CREATE INDEX idx_user_profile_status_deleted ON user_profile (status, is_deleted);
CREATE INDEX idx_user_profile_updated_at ON user_profile (updated_at);
